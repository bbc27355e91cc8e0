//! What visitors and owners see, in a real browser on a stranger’s page.
