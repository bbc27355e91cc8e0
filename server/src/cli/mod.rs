//! `tableside …`: what can be said on the command line, every option also in the environment.
#![allow(rustdoc::bare_urls, reason = "the help shows addresses as they are typed")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the program's voice on the command line"
)]

pub mod demo;

use crate::config::DatabaseArgs;
use crate::config::DemoArgs;
use crate::config::ServeArgs;
use crate::db::shop_defaults::new_shop;
use crate::db::users::Owner;
use crate::db::{Db, members, sessions, shops, users};
use crate::demo_data::SeedArgs;
use crate::domain::allowed_origin::OriginRule;
use crate::domain::role::Role;
use crate::limits::Quotas;
use crate::limits::client_ip::Proxies;
use crate::maintenance::backup::backup;
use crate::maintenance::migrate_database::migrate_database;
use crate::maintenance::rebuild_counters::rebuild_counters;
use crate::maintenance::restore::restore;
use crate::security::password;
use crate::security::random::{Random, SystemRandom};
use crate::state_builder;
use crate::time::clock::clock;
use crate::{demo_data, server};
use clap::{Parser, Subcommand};
use shared::email::Email;
use shared::text::{NAME_MAX_CHARS, line};
use std::error::Error;
use std::io::Read as _;
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

/// Does what was asked for; whatever goes wrong is said in one line.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = actix_web::rt::System::new().block_on(async {
        match cli.command {
            CliCommand::Serve(args) => server::serve(args).await,
            CliCommand::Demo { command: None, args } => demo::demo(*args).await,
            CliCommand::Demo { command: Some(DemoCommand::Seed(args)), .. } => demo_data::seed(args).await,
            CliCommand::Shop(ShopCommand::Add { name, origin, owner, person, public_url, database }) => {
                add_shop(&name, &origin, owner.as_deref(), &person, &public_url, &database).await
            }
            CliCommand::Shop(ShopCommand::List { database }) => list_shops(&database).await,
            CliCommand::Owner(OwnerCommand::Link { email, public_url, database }) => {
                link_owner(&email, public_url, &database).await
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
                add_owner(&email, name.as_deref(), password_stdin, role, &shop, public_url, &database).await
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

async fn add_shop(
    name: &str,
    origins: &[String],
    owner: Option<&str>,
    person: &str,
    public_url: &str,
    database: &DatabaseArgs,
) -> CliResult {
    let name = line("name", name, NAME_MAX_CHARS)?;
    let person = line("person", person, NAME_MAX_CHARS)?;
    if name.is_empty() {
        return Err("a shop needs a name".into());
    }
    let origins: Vec<OriginRule> = origins
        .iter()
        .map(|o| {
            OriginRule::parse(o).map_err(|_| format!("{o:?} is not an address such as https://shop.example"))
        })
        .collect::<Result<_, _>>()?;
    let db = crate::db::open_beside(&database.database).await?;
    let owner = match owner {
        Some(email) => {
            let found = users::find_by_email(&db, email).await?;
            Some(found.ok_or_else(|| format!("nobody signs in as {email}"))?.0)
        }
        None => users::find_only(&db).await?,
    };
    let now_ms = clock().now_ms();
    let shop = new_shop(&SystemRandom, &name, &person, now_ms);
    let mut tx = db.begin().await?;
    shops::insert(&mut tx, &shop).await?;
    for origin in &origins {
        shops::insert_origin(&mut tx, &shop.key, origin, now_ms).await?;
    }
    if let Some(owner) = &owner {
        users::insert_member(&mut tx, &shop.key, &owner.id).await?;
    }
    tx.commit().await?;
    db.close().await;
    println!("key: {}", shop.key.as_str());
    println!(
        "tag: <script async src=\"{}/s/{}.js\"></script>",
        public_url.trim_end_matches('/'),
        shop.key.as_str()
    );
    match owner {
        Some(owner) => println!("owner: {}", owner.email),
        None => {
            println!("owner: nobody yet; `tableside owner add EMAIL --shop {}` adds one", shop.key.as_str())
        }
    }
    Ok(())
}

async fn list_shops(database: &DatabaseArgs) -> CliResult {
    let db = crate::db::open_beside(&database.database).await?;
    for shop in shops::list(&db).await? {
        let places = shops::list_origins(&db, &shop.key).await?;
        let places: Vec<&str> = places.iter().map(|p| p.origin.as_str()).collect();
        println!("{}\t{}\t{}", shop.key.as_str(), shop.name, places.join(" "));
    }
    db.close().await;
    Ok(())
}

async fn add_owner(
    email: &str,
    name: Option<&str>,
    password_stdin: bool,
    role: Role,
    keys: &[String],
    public_url: String,
    database: &DatabaseArgs,
) -> CliResult {
    let email = Email::parse(email).map_err(|_| format!("{email:?} is not an e-mail address"))?;
    let name = name.unwrap_or_else(|| email.as_str().split('@').next().unwrap_or_default());
    let name = line("name", name, NAME_MAX_CHARS)?;
    let db = crate::db::open_beside(&database.database).await?;
    let mut theirs = Vec::new();
    for key in keys {
        let key = shared::ids::ShopKey::parse(key).ok();
        let shop = match &key {
            Some(key) => shops::find(&db, key).await?,
            None => None,
        };
        theirs.push(shop.ok_or("there is no shop with this key; `tableside shop list` shows them")?.key);
    }
    if theirs.is_empty() {
        if role != Role::Owner {
            return Err("a shop that nobody owns needs an owner first; name a shop with --shop".into());
        }
        theirs = users::list_shops_without_members(&db).await?;
    }
    let password_hash = if password_stdin {
        let mut password = String::new();
        std::io::stdin().take(4096).read_to_string(&mut password)?;
        let password = password.trim_end_matches(['\r', '\n']).to_owned();
        password::validate(&password).map_err(|_| {
            format!("a password has {} to {} characters", password::MIN_CHARS, password::MAX_CHARS)
        })?;
        password::hash(password).await.map_err(|_| "the password could not be hashed")?
    } else {
        // No password fits this hash; the one-time link lets them in to choose one.
        String::new()
    };
    let owner = Owner { id: SystemRandom.new_owner_id(), email: email.as_str().to_owned(), name };
    let mut tx = db.begin().await?;
    if !users::insert(&mut tx, &owner, &password_hash, clock().now_ms()).await? {
        return Err(format!("{} can sign in already", owner.email).into());
    }
    for key in &theirs {
        members::insert(&mut tx, key, &owner.id, role).await?;
    }
    tx.commit().await?;
    println!("{}: {}", role.as_str(), owner.email);
    for key in &theirs {
        println!("shop: {}", key.as_str());
    }
    if !password_stdin {
        print_link(&db, public_url, &owner.id).await?;
    }
    db.close().await;
    Ok(())
}

async fn link_owner(email: &str, public_url: String, database: &DatabaseArgs) -> CliResult {
    let db = crate::db::open_beside(&database.database).await?;
    let (owner, _) =
        users::find_by_email(&db, email).await?.ok_or_else(|| format!("nobody signs in as {email}"))?;
    let mut tx = db.begin().await?;
    // No password fits an empty hash.
    users::set_password(&mut tx, &owner.id, "").await?;
    sessions::delete_others(&mut tx, &owner.id, "").await?;
    tx.commit().await?;
    print_link(&db, public_url, &owner.id).await?;
    db.close().await;
    Ok(())
}

/// Prints a link that signs them in once; on the settings page they choose a password.
async fn print_link(db: &Db, public_url: String, owner: &str) -> CliResult {
    let public_url = public_url.trim_end_matches('/').to_owned();
    let state = state_builder::build(db.clone(), public_url, Quotas::default(), Proxies::default())?;
    let link = crate::owner::auth::session::create_one_time_link(&state, Some(owner))
        .await
        .map_err(|e| e.to_string())?;
    println!("one-time link, good for an hour: {link}");
    Ok(())
}
