//! What visitors and owners see, in a real browser, with the shop's page on a stranger's site.

mod story;
