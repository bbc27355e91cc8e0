//! Progress on standard error.
#![expect(clippy::print_stderr, reason = "this is what the command says while it works")]

use crate::db::schema::Table;
use std::time::{Duration, Instant};

const PRINT_EVERY: Duration = Duration::from_secs(2);

pub(crate) struct Progress {
    verb: &'static str,
    printed_at: Instant,
    rows: u64,
    all: u64,
}

impl Progress {
    pub(crate) fn new(verb: &'static str) -> Self {
        Self { verb, printed_at: Instant::now(), rows: 0, all: 0 }
    }

    pub(crate) fn add(&mut self, table: &Table, rows: usize) {
        self.rows += rows as u64;
        if self.printed_at.elapsed() >= PRINT_EVERY {
            self.print(table, "…");
            self.printed_at = Instant::now();
        }
    }

    pub(crate) fn finish(&mut self, table: &Table) {
        if self.rows > 0 {
            self.print(table, "");
        }
        self.all += self.rows;
        self.rows = 0;
    }

    pub(crate) fn total(&self) -> u64 {
        self.all
    }

    fn print(&self, table: &Table, more: &str) {
        eprintln!("{:>9} {:>12} {}{more}", self.verb, self.rows, table.name);
    }
}
