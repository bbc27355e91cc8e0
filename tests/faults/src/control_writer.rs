//! The simplest writer: one row, one transaction, and SQLite told to be quick. It is here as the
//! control: with `synchronous=NORMAL` it must lose what it acknowledged, or the trial of power loss proves nothing.
#![expect(clippy::print_stdout, reason = "a printed id is this writer's acknowledgement")]

use crate::oracle;
use crate::visitor::Item;
use anyhow::Result;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use std::path::Path;
use testkit::random::{SplitMix64, fresh_seed};

/// How it is told to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ControlWriter {
    /// As most guides advise.
    Normal,
    /// As the collector does.
    Full,
}

impl ControlWriter {
    /// As it is said on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Full => "full",
        }
    }

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Normal, Self::Full].into_iter().find(|writer| writer.name() == name)
    }
}

/// Writes rows until it is killed, and prints each id when it is committed.
pub(crate) fn write(file: &Path, writer: ControlWriter) -> Result<()> {
    oracle::wait_for(async {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match writer {
                ControlWriter::Normal => SqliteSynchronous::Normal,
                ControlWriter::Full => SqliteSynchronous::Full,
            });
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query("create table if not exists kept (id text primary key, body text not null)")
            .execute(&mut connection)
            .await?;
        let random = SplitMix64::new(fresh_seed());
        loop {
            let item = Item::brief("control", &random);
            let body = &item.steps[0].body;
            sqlx::query("insert into kept (id, body) values ($1, $2)")
                .bind(&item.id)
                .bind(body)
                .execute(&mut connection)
                .await?;
            println!("{}", item.id);
        }
    })
}

/// The ids that are there, and whether the file is well.
pub(crate) fn read(file: &Path) -> Result<(Vec<String>, Option<String>)> {
    oracle::wait_for(async {
        let mut connection = oracle::open(file).await?;
        let damage = oracle::health(&mut connection).await?;
        let there =
            sqlx::query("select 1 from sqlite_master where name = 'kept'").fetch_optional(&mut connection);
        let ids = if there.await?.is_some() {
            sqlx::query_scalar("select id from kept").fetch_all(&mut connection).await?
        } else {
            Vec::new()
        };
        connection.close().await?;
        Ok((ids, damage))
    })
}
