//! Reports: counters and rows in, figures and sentences out. HTML is not here.

pub mod breakdown;
pub mod change_markers;
pub mod chart;
pub mod headline;
pub mod hour_heatmap;
pub mod labels;
pub mod period_report;
pub mod recovery;
pub mod result_count;
pub mod rising_words;
pub mod segments;
pub mod top_action;
pub mod top_causes;
pub mod trend;
pub mod word_of_mouth;
