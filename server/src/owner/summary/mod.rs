//! The summary, and the other pages that show a report.

pub mod all_shops;
pub mod change_markers;
pub mod empty;
pub mod notify_complainants;
pub mod page;
pub mod period_picker;
pub mod report_view;
pub mod shared_report;
pub mod small_sample;
pub mod trend_chart;
