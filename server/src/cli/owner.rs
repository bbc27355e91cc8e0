//! `tableside owner …`
#![expect(clippy::print_stdout, reason = "the result of a command is what it prints")]

use crate::cli::CliResult;
use crate::config::DatabaseArgs;
use crate::db::users::Owner;
use crate::db::{Db, members, sessions, shops, users};
use crate::domain::role::Role;
use crate::limits::Quotas;
use crate::limits::client_ip::Proxies;
use crate::security::password::{self, Lane};
use crate::security::random::{Random as _, SystemRandom};
use crate::state_builder;
use crate::time::clock::clock;
use shared::email::Email;
use shared::text::{NAME_MAX_CHARS, line};
use std::io::Read as _;

pub(super) async fn add_owner(
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
        password::hash(password, Lane::Known).await.map_err(|_| "the password could not be hashed")?
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

pub(super) async fn link_owner(email: &str, public_url: String, database: &DatabaseArgs) -> CliResult {
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
