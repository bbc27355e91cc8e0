//! What came of it: one line for each fault, and what was not as promised.
#![expect(clippy::print_stdout, reason = "the report is what this program is for")]

use crate::load::VisitorOutcome;
use crate::oracle::Findings;
use std::time::Duration;

/// What one fault gave.
#[derive(Debug, Default)]
pub(crate) struct FaultOutcome {
    /// How often it was made to happen.
    pub(crate) cycles: u64,
    /// What the comparison with the database gave, of all cycles together.
    pub(crate) findings: Findings,
    /// Promises that were not kept.
    pub(crate) broken: Vec<String>,
    /// What is worth knowing besides.
    pub(crate) notes: Vec<String>,
    /// Why it could not be tried here.
    pub(crate) skipped: Option<String>,
    /// It is there to show that the trial bites, and is not added to the sums.
    pub(crate) is_control: bool,
    /// This one has to lose something; otherwise the whole trial proves nothing.
    pub(crate) must_lose: bool,
}

impl FaultOutcome {
    /// It cannot be tried on this machine.
    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self { skipped: Some(why.into()), ..Self::default() }
    }

    /// Notes a promise that was not kept.
    pub(crate) fn expect(&mut self, is_so: bool, promise: impl Into<String>) {
        let promise = promise.into();
        if !is_so && !self.broken.contains(&promise) {
            self.broken.push(promise);
        }
    }

    /// Notes what is worth knowing.
    pub(crate) fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    /// Every visitor must have met only answers that belong there.
    pub(crate) fn expect_no_odd_answers(&mut self, met: &VisitorOutcome) {
        for odd in &met.odd {
            self.expect(false, format!("no visitor should be answered: {odd}"));
        }
        self.expect(
            met.without_retry_after == 0,
            format!("{} refusals did not say when to come again", met.without_retry_after),
        );
    }

    /// No response may be left undelivered.
    pub(crate) fn expect_all_delivered(&mut self, left: usize) {
        self.expect(left == 0, format!("{left} responses could not be delivered in the end"));
    }

    /// Whether everything was as promised.
    pub(crate) fn is_fine(&self) -> bool {
        if self.must_lose {
            return self.findings.lost > 0 || !self.findings.is_fine();
        }
        self.findings.is_fine() && self.broken.is_empty()
    }

    fn verdict(&self) -> &'static str {
        match (&self.skipped, self.must_lose, self.is_fine()) {
            (Some(_), ..) => "skipped",
            (None, true, true) => "loses, as it must",
            (None, true, false) => "LOSES NOTHING",
            (None, false, true) => "holds",
            (None, false, false) => "BROKEN",
        }
    }
}

/// A fault that was tried.
pub(crate) struct FaultReport {
    /// What happened, in a sentence.
    pub(crate) sentence: &'static str,
    /// What came of it.
    pub(crate) outcome: FaultOutcome,
    /// How long it took.
    pub(crate) took: Duration,
}

impl FaultReport {
    /// Prints it as a line of the table, and below what there is to say.
    pub(crate) fn print(&self) {
        let FaultOutcome { cycles, findings, broken, notes, skipped, must_lose, .. } = &self.outcome;
        let wrong = findings.wrong.iter().filter(|_| !must_lose).take(5);
        println!(
            "{:<64} {:>6} {:>8} {:>6} {:>7}  {:<17} {:>6.1} s",
            self.sentence,
            cycles,
            findings.acknowledged,
            findings.lost,
            findings.doubled,
            self.outcome.verdict(),
            self.took.as_secs_f64()
        );
        for line in broken.iter().chain(wrong) {
            println!("  ✗ {line}");
        }
        for line in skipped.iter().chain(notes) {
            println!("  · {line}");
        }
    }
}

/// Prints the head of the table.
pub(crate) fn print_head() {
    println!(
        "{:<64} {:>6} {:>8} {:>6} {:>7}  {:<17} {:>8}",
        "fault", "cycles", "acked", "lost", "doubled", "verdict", "took"
    );
}

/// Prints the sums. Gives back whether all is well.
pub(crate) fn print_sum(all: &[FaultReport], seed: u64, took: Duration) -> bool {
    let real = || all.iter().filter(|t| !t.outcome.is_control);
    let sum = |of: fn(&FaultOutcome) -> u64| real().map(|t| of(&t.outcome)).sum::<u64>();
    println!(
        "{:<64} {:>6} {:>8} {:>6} {:>7}  {:<17} {:>6.1} s",
        "all, without the controls",
        sum(|o| o.cycles),
        sum(|o| o.findings.acknowledged),
        sum(|o| o.findings.lost),
        sum(|o| o.findings.doubled),
        "",
        took.as_secs_f64()
    );
    let broken: Vec<&str> = all.iter().filter(|t| !t.outcome.is_fine()).map(|t| t.sentence).collect();
    if broken.is_empty() {
        println!("Nothing acknowledged was lost, nothing was doubled, every promise was kept. Seed {seed}.");
    } else {
        println!("Not as promised: {}. Seed {seed}.", broken.join("; "));
    }
    broken.is_empty()
}

/// A span in milliseconds, for a note.
pub(crate) fn ms(span: Duration) -> String {
    format!("{} ms", span.as_millis())
}
