//! `tableside shop …`
#![expect(clippy::print_stdout, reason = "the result of a command is what it prints")]

use crate::cli::CliResult;
use crate::config::DatabaseArgs;
use crate::db::shop_defaults::new_shop;
use crate::db::{shops, users};
use crate::domain::allowed_origin::OriginRule;
use crate::security::random::SystemRandom;
use crate::time::clock::clock;
use shared::text::{NAME_MAX_CHARS, line};

pub(super) async fn add_shop(
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
            let account = users::find_by_email(&db, email).await?;
            Some(account.ok_or_else(|| format!("nobody signs in as {email}"))?.0)
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

pub(super) async fn list_shops(database: &DatabaseArgs) -> CliResult {
    let db = crate::db::open_beside(&database.database).await?;
    for shop in shops::list(&db).await? {
        let places = shops::list_origins(&db, &shop.key).await?;
        let places: Vec<&str> = places.iter().map(|p| p.origin.as_str()).collect();
        println!("{}\t{}\t{}", shop.key.as_str(), shop.name, places.join(" "));
    }
    db.close().await;
    Ok(())
}
