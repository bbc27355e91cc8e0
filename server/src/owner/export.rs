//! `/responses.csv`: the list as a file, piece by piece, whatever its size, and without formulas.

use super::cell::safe;
use super::days::Days;
use super::door::SignedIn;
use super::fields::Fields;
use super::filter::{Cursor, Filter};
use super::shown::reason;
use crate::db::Db;
use crate::db::listing::{self, Listed};
use crate::failure::Failure;
use crate::house::House;
use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Bytes, Data, Query};
use futures_util::stream;
use shared::ids::ShopKey;
use shared::settings::ShopSettings;

/// How many rows are read and sent at a time.
const PIECE: i64 = 500;

/// The head of the file. Spreadsheets show it; programs may rely on it.
const HEAD: [&str; 16] = [
    "receipt",
    "time",
    "time_zone",
    "rating",
    "scale",
    "moment",
    "comment",
    "reasons",
    "wants_reply",
    "email",
    "order",
    "page",
    "page_title",
    "language",
    "device",
    "id",
];

/// Where the export has got to.
struct Export {
    db: Db,
    key: ShopKey,
    settings: ShopSettings,
    days: Days,
    filter: Filter,
    /// What comes next; none when all was sent.
    next: Option<Next>,
}

enum Next {
    Head,
    After(Cursor),
}

/// The file.
///
/// # Errors
/// Nothing before the first byte; after that a broken database breaks the file off, and the browser says so.
pub async fn csv(who: SignedIn, query: Query<Fields>, house: Data<House>) -> Result<HttpResponse, Failure> {
    let days = Days::of(&who.shop.settings.time_zone);
    let name = format!("responses-{}-{}.csv", who.shop.key.as_str(), days.day(house.clock.now_ms()));
    let export = Export {
        db: house.db.clone(),
        key: who.shop.key,
        settings: who.shop.settings,
        days,
        filter: Filter::parse(&query),
        next: Some(Next::Head),
    };
    let attachment = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(attachment)
        .streaming(stream::try_unfold(export, |mut export| async move {
            match export.piece().await {
                Ok(piece) => Ok(piece.map(|bytes| (bytes, export))),
                Err(failure) => {
                    failure.log();
                    Err(std::io::Error::other(failure.to_string()))
                }
            }
        })))
}

impl Export {
    async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        match self.next.take() {
            None => Ok(None),
            Some(Next::Head) => {
                self.next = Some(Next::After(Cursor::start()));
                // The mark tells Excel that this is UTF-8; everything else knows.
                let mut head = "\u{feff}".as_bytes().to_vec();
                head.extend(lines([HEAD.map(str::to_owned)])?);
                Ok(Some(head.into()))
            }
            Some(Next::After(cursor)) => {
                let rows =
                    listing::page(&self.db, &self.key, &self.filter, &self.days, &cursor, PIECE).await?;
                let Some(last) = rows.last() else { return Ok(None) };
                if rows.len() == PIECE as usize {
                    self.next = Some(Next::After(Cursor { at_ms: last.created_at_ms, id: last.id.clone() }));
                }
                let cells = rows.iter().map(|row| cells(row, &self.settings, &self.days));
                Ok(Some(lines(cells)?.into()))
            }
        }
    }
}

fn cells(row: &Listed, settings: &ShopSettings, days: &Days) -> [String; 16] {
    let reasons: Vec<String> = row.reasons.split_whitespace().map(|code| reason(settings, code)).collect();
    [
        row.receipt.clone(),
        days.stamp(row.created_at_ms),
        settings.time_zone.clone(),
        row.rating.to_string(),
        row.scale.clone(),
        row.moment.clone(),
        row.comment.clone(),
        reasons.join("; "),
        if row.wants_reply { "yes" } else { "no" }.to_owned(),
        row.email.clone(),
        row.order_number.clone(),
        row.page_path.clone(),
        row.page_title.clone(),
        row.language.clone(),
        row.device.clone(),
        row.id.clone(),
    ]
}

/// Rows as lines of the file. Every cell is safe and quoted, but for numbers. Source: RFC 4180.
fn lines(rows: impl IntoIterator<Item = [String; 16]>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::NonNumeric)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.iter().map(|cell| safe(cell).into_owned()))
            .map_err(|e| Failure::Internal(e.to_string()))?;
    }
    writer.into_inner().map_err(|e| Failure::Internal(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Listed {
        Listed {
            id: "0191f6c2-0000-7000-8000-000000000000".into(),
            receipt: "K7Q-4MD".into(),
            moment: "any_time".into(),
            scale: "three_faces".into(),
            rating: 1,
            comment: "=HYPERLINK(\"http://evil.example\")\nsecond \"line\"".into(),
            email: "+@evil.example".into(),
            wants_reply: true,
            order_number: "-12".into(),
            page_path: "/bowls".into(),
            page_title: "@bowls".into(),
            language: "en".into(),
            device: "phone".into(),
            created_at_ms: 1_795_442_400_000,
            reasons: "delivery too_heavy".into(),
        }
    }

    #[test]
    fn an_export_has_no_formulas_and_reads_back_as_it_was() {
        let settings = ShopSettings { time_zone: "Europe/Berlin".into(), ..ShopSettings::default() };
        let bytes = lines([cells(&listed(), &settings, &Days::of("Europe/Berlin"))]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(r#","'=HYPERLINK(""http://evil.example"")"#), "{text}");
        assert!(text.contains(",1,"), "a number stays a number: {text}");
        assert!(text.ends_with("\r\n"));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        let by_name = |name| row.get(HEAD.iter().position(|h| *h == name).unwrap()).unwrap();
        assert_eq!(by_name("comment"), "'=HYPERLINK(\"http://evil.example\")\nsecond \"line\"");
        assert_eq!(
            (by_name("email"), by_name("order"), by_name("page_title")),
            ("'+@evil.example", "'-12", "'@bowls")
        );
        assert_eq!(by_name("reasons"), "Delivery; Too heavy");
        assert_eq!(by_name("wants_reply"), "yes");
    }
}
