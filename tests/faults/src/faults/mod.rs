//! The faults, each in a file of its own.

mod a_backup_under_load;
mod a_flood_of_idle_connections;
mod a_second_collector_on_the_same_file;
mod a_write_fails_half_way;
mod another_process_holds_the_lock;
mod askers_who_never_read;
mod few_descriptors;
mod fifty_copies_at_once;
mod nobody_reads_the_log;
mod postgres_crashes_under_load;
mod senders_who_never_finish;
mod the_answer_is_lost_after_the_commit;
mod the_database_turns_read_only;
mod the_disk_is_full_for_a_while;
mod the_disk_refuses_to_sync;
mod the_power_goes;
mod the_program_is_killed;
mod told_to_stop_under_load;
mod two_collectors_get_the_same_ids;

use crate::harness::RunContext;
use crate::report::FaultOutcome;
use anyhow::Result;

/// Something that can go wrong.
pub(crate) struct Fault {
    /// What happens, in a sentence.
    pub(crate) sentence: &'static str,
    /// Makes it happen, and looks what came of it.
    pub(crate) run: fn(&RunContext) -> Result<FaultOutcome>,
    /// Whether it spends its time waiting, and on nothing that others use, so that it can run beside them.
    pub(crate) is_patient: bool,
}

const fn fault(sentence: &'static str, run: fn(&RunContext) -> Result<FaultOutcome>) -> Fault {
    Fault { sentence, run, is_patient: false }
}

const fn patient(fault: Fault) -> Fault {
    Fault { is_patient: true, ..fault }
}

/// All of them, the most telling first.
pub(crate) const ALL: &[Fault] = &[
    fault("the program is killed under load, on SQLite", the_program_is_killed::on_sqlite),
    fault("the program is killed under load, on PostgreSQL", the_program_is_killed::on_postgres),
    fault("the power goes, and unsynced writes with it", the_power_goes::under_the_collector),
    fault("control: the same on a disk that only pretends to sync", the_power_goes::on_a_disk_that_lies),
    fault("control: a plain writer with synchronous=NORMAL", the_power_goes::under_a_writer_in_a_hurry),
    fault("control: the same writer with synchronous=FULL", the_power_goes::under_a_careful_writer),
    fault("the disk is full for a while", the_disk_is_full_for_a_while::run),
    fault("the disk refuses to sync", the_disk_refuses_to_sync::run),
    fault("a write fails half-way through a transaction", a_write_fails_half_way::run),
    fault("the database file turns read-only", the_database_turns_read_only::on_sqlite),
    fault("the program starts on a read-only disk", the_database_turns_read_only::before_the_start),
    fault("PostgreSQL turns read-only", the_database_turns_read_only::on_postgres),
    patient(fault("another process holds the file's lock", another_process_holds_the_lock::on_sqlite)),
    fault("another session holds the table's lock", another_process_holds_the_lock::on_postgres),
    fault("a second collector is started on the same file", a_second_collector_on_the_same_file::run),
    fault("told to stop under load, on SQLite", told_to_stop_under_load::on_sqlite),
    fault("told to stop under load, on PostgreSQL", told_to_stop_under_load::on_postgres),
    fault("the log is not read any more", nobody_reads_the_log::run),
    fault("backups are taken under load and brought back, SQLite", a_backup_under_load::on_sqlite),
    fault("backups are taken under load and brought back, PostgreSQL", a_backup_under_load::on_postgres),
    fault("descriptors run out, on SQLite", few_descriptors::on_sqlite),
    fault("descriptors run out, on PostgreSQL", few_descriptors::on_postgres),
    patient(fault("senders who never finish head or body", senders_who_never_finish::run)),
    fault("askers who never read the answer", askers_who_never_read::run),
    fault("a flood of idle connections", a_flood_of_idle_connections::run),
    fault("the answer is lost after the commit, on SQLite", the_answer_is_lost_after_the_commit::on_sqlite),
    fault(
        "the answer is lost after the commit, on PostgreSQL",
        the_answer_is_lost_after_the_commit::on_postgres,
    ),
    fault("fifty copies of one request at once, on SQLite", fifty_copies_at_once::on_sqlite),
    fault("fifty copies of one request at once, on PostgreSQL", fifty_copies_at_once::on_postgres),
    fault("PostgreSQL crashes under load", postgres_crashes_under_load::run),
    fault("two collectors on one PostgreSQL get the same ids", two_collectors_get_the_same_ids::run),
];

/// Runs a fault that needs PostgreSQL, or says why it cannot.
fn with_postgres(context: &RunContext, run: impl FnOnce() -> Result<FaultOutcome>) -> Result<FaultOutcome> {
    match context.cluster() {
        Ok(_) => run(),
        Err(why) => Ok(FaultOutcome::skipped(why)),
    }
}
