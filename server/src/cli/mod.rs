//! The command line. Each option can also be set in the environment.
#![allow(rustdoc::bare_urls, reason = "the help shows addresses as they are typed")]
#![expect(clippy::print_stderr, reason = "an error of a command goes to standard error")]

pub mod demo;
mod owner;
mod shop;

use crate::config::DatabaseArgs;
use crate::config::DemoArgs;
use crate::config::ServeArgs;
use crate::demo_data::SeedArgs;
use crate::domain::role::Role;
use crate::maintenance::backup::backup;
use crate::maintenance::migrate_database::migrate_database;
use crate::maintenance::rebuild_counters::rebuild_counters;
use crate::maintenance::restore::restore;
use crate::time::clock::clock;
use crate::{demo_data, server};
use clap::{Parser, Subcommand};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// A good waiter for shops on the web: asks visitors whether everything is okay, and brings what they say to you.
///
/// Start with `tableside serve` and open the link it prints.
#[derive(Debug, Parser)]
#[command(name = "tableside", version)]
pub struct Cli {
    #[command(subcommand)]
    command: CliCommand,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// Start the collector: it takes what visitors say and shows it to you.
    Serve(ServeArgs),
    /// Start the collector with a demo shop beside it, to look around.
    #[command(args_conflicts_with_subcommands = true)]
    Demo {
        /// Something else to do for the demo.
        #[command(subcommand)]
        command: Option<DemoCommand>,
        /// How the demo is reached.
        #[command(flatten)]
        args: Box<DemoArgs>,
    },
    /// Add a shop, or list the shops there are.
    #[command(subcommand)]
    Shop(ShopCommand),
    /// Add a person who may sign in.
    #[command(subcommand)]
    Owner(OwnerCommand),
    /// Write everything to one file, while the collector goes on.
    Backup {
        /// The file to write; it must not be there yet.
        file: PathBuf,
        /// The database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Bring a backup back into an empty database. Cut off, the same command goes on where it stopped.
    Restore {
        /// The backup.
        file: PathBuf,
        /// The database.
        #[command(flatten)]
        database: DatabaseArgs,
        /// Empty what an unfinished attempt left in the database, and begin again.
        #[arg(long)]
        anew: bool,
    },
    /// What the summary tells is counted as it comes. Count everything again.
    #[command(subcommand)]
    Counts(CountsCommand),
    /// Carry everything to another, empty database. Cut off, the same command goes on where it stopped.
    Move {
        /// Where everything is.
        #[arg(long, env = "TABLESIDE_FROM", hide_env_values = true, value_name = "ADDRESS")]
        from: String,
        /// Where it shall be.
        #[arg(long, env = "TABLESIDE_TO", hide_env_values = true, value_name = "ADDRESS")]
        to: String,
        /// Empty what an unfinished attempt left in the database, and begin again.
        #[arg(long)]
        anew: bool,
    },
}

#[derive(Debug, Subcommand)]
enum DemoCommand {
    /// Fill the demo's shops with a made-up history, to try things out and to measure.
    Seed(SeedArgs),
}

#[derive(Debug, Subcommand)]
enum ShopCommand {
    /// Add a shop; prints its key and the line to paste into its pages.
    Add {
        /// The shop's name, as visitors read it.
        name: String,
        /// Where the line may stand, such as https://shop.example (more than one is fine).
        #[arg(long, env = "TABLESIDE_ORIGIN", value_delimiter = ',', required = true, value_name = "URL")]
        origin: Vec<String>,
        /// Whose shop it is, by e-mail [default: the one owner, if there is just one].
        #[arg(long, env = "TABLESIDE_OWNER", value_name = "EMAIL")]
        owner: Option<String>,
        /// The first name of the person who asks and answers.
        #[arg(long, env = "TABLESIDE_PERSON", default_value = "", value_name = "NAME")]
        person: String,
        /// The address visitors reach the collector under; it stands in the printed line.
        #[arg(
            long,
            env = "TABLESIDE_PUBLIC_URL",
            default_value = "http://127.0.0.1:8080",
            value_name = "URL"
        )]
        public_url: String,
        /// The database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// List the shops.
    List {
        /// The database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(Debug, Subcommand)]
enum CountsCommand {
    /// Count everything again, from what is stored.
    Rebuild {
        /// Change nothing; only say whether the counts are what the stored responses make.
        #[arg(long)]
        check: bool,
        /// Before that, choose anew the five hundred pages and products of each shop that are counted by themselves: those
        /// named most within a year.
        #[arg(long, conflicts_with = "check")]
        names: bool,
        /// The database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(Debug, Subcommand)]
enum OwnerCommand {
    /// Add a person who may sign in. They get the shops named, or those that nobody owns yet.
    Add {
        /// Their e-mail address.
        email: String,
        /// What they are called [default: the part before the @].
        #[arg(long, env = "TABLESIDE_NAME", value_name = "NAME")]
        name: Option<String>,
        /// Read the password from standard input instead of printing a one-time link.
        #[arg(long, env = "TABLESIDE_PASSWORD_STDIN")]
        password_stdin: bool,
        /// What they may do there: owner, staff or reader.
        #[arg(long, env = "TABLESIDE_ROLE", default_value = "owner", value_name = "ROLE",
            value_parser = |role: &str| Role::named(role).ok_or("a role is owner, staff or reader"))]
        role: Role,
        /// A shop that is theirs, by its key (more than one is fine).
        #[arg(long, env = "TABLESIDE_SHOP", value_delimiter = ',', value_name = "KEY")]
        shop: Vec<String>,
        /// The address owners reach the collector under; it stands in the printed link.
        #[arg(
            long,
            env = "TABLESIDE_PUBLIC_URL",
            default_value = "http://127.0.0.1:8080",
            value_name = "URL"
        )]
        public_url: String,
        /// The database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Take somebody's password away, sign them out everywhere, and print a one-time link to choose another.
    Link {
        /// Their e-mail address.
        email: String,
        /// The address owners reach the collector under; it stands in the printed link.
        #[arg(
            long,
            env = "TABLESIDE_PUBLIC_URL",
            default_value = "http://127.0.0.1:8080",
            value_name = "URL"
        )]
        public_url: String,
        /// The database.
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

type CliResult = Result<(), Box<dyn Error>>;

/// An error is printed as one line.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = actix_web::rt::System::new().block_on(async {
        match cli.command {
            CliCommand::Serve(args) => server::serve(args).await,
            CliCommand::Demo { command: None, args } => demo::demo(*args).await,
            CliCommand::Demo { command: Some(DemoCommand::Seed(args)), .. } => demo_data::seed(args).await,
            CliCommand::Shop(ShopCommand::Add { name, origin, owner, person, public_url, database }) => {
                shop::add_shop(&name, &origin, owner.as_deref(), &person, &public_url, &database).await
            }
            CliCommand::Shop(ShopCommand::List { database }) => shop::list_shops(&database).await,
            CliCommand::Owner(OwnerCommand::Link { email, public_url, database }) => {
                owner::link_owner(&email, public_url, &database).await
            }
            CliCommand::Owner(OwnerCommand::Add {
                email,
                name,
                password_stdin,
                role,
                shop,
                public_url,
                database,
            }) => {
                owner::add_owner(&email, name.as_deref(), password_stdin, role, &shop, public_url, &database)
                    .await
            }
            CliCommand::Backup { file, database } => Ok(backup(&database.database, &file).await?),
            CliCommand::Restore { file, database, anew } => {
                Ok(restore(&file, &database.database, anew, &*clock()).await?)
            }
            CliCommand::Counts(CountsCommand::Rebuild { check, names, database }) => {
                Ok(rebuild_counters(&database.database, check, names, clock().now_ms()).await?)
            }
            CliCommand::Move { from, to, anew } => Ok(migrate_database(&from, &to, anew, &*clock()).await?),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tableside: {error}");
            ExitCode::FAILURE
        }
    }
}
