//! Everything to take along: responses, conversations and counts, as CSV for a spreadsheet and as JSON for a program. Piece
//! by piece, whatever the size, with the filters of the page, and without formulas.
//!
//! JSON is one array: what breaks off in the middle cannot be taken for the whole.

use super::cell::safe;
use super::days::{Days, machine_time};
use super::door::SignedIn;
use super::fields::Fields;
use super::filter::{Cursor, Filter};
use super::inbox::words::cause;
use super::shown::reason;
use crate::clock::MINUTE_MS;
use crate::count::What;
use crate::db::Db;
use crate::db::kept::{self, OfDay};
use crate::db::listing::{self, Listed, ListedTalk};
use crate::failure::Failure;
use crate::house::House;
use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Bytes, Data, Query};
use futures_util::stream;
use serde_json::Value;
use shared::ids::ShopKey;
use shared::settings::ShopSettings;

/// How many rows are read and sent at a time.
const PIECE: i64 = 500;

/// What is taken along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Responses,
    Conversations,
    Counts,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Responses => "responses",
            Self::Conversations => "conversations",
            Self::Counts => "counts",
        }
    }

    /// The columns. Spreadsheets show them; programs may rely on them.
    fn head(self) -> &'static [&'static str] {
        match self {
            Self::Responses => &[
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
            ],
            Self::Conversations => &[
                "receipt",
                "time",
                "time_zone",
                "rating",
                "comment",
                "stage",
                "person",
                "opened",
                "answered",
                "answered_open_minutes",
                "put_right",
                "remedy",
                "cause",
                "asked",
                "decided",
                "set_aside",
                "messages",
                "id",
            ],
            Self::Counts => {
                &["day", "what", "key", "rating_1", "rating_2", "rating_3", "rating_4", "rating_5"]
            }
        }
    }
}

/// Where the export has got to.
struct Export {
    db: Db,
    key: ShopKey,
    settings: ShopSettings,
    days: Days,
    filter: Filter,
    kind: Kind,
    form: Form,
    /// Whether a row was sent.
    has_begun: bool,
    /// What comes next; none when all was sent.
    next: Option<Next>,
}

enum Next {
    Head,
    /// Responses and conversations before this one.
    After(Cursor),
    /// Counts of this kind after this day and key, or after the whole day.
    Counts(usize, (i32, Option<String>)),
    End,
}

/// `/responses.csv`.
///
/// # Errors
/// Nothing before the first byte; after that a broken database breaks the file off, and the browser says so.
pub async fn csv(who: SignedIn, query: Query<Fields>, house: Data<House>) -> HttpResponse {
    export(who, &query, &house, Kind::Responses, Form::Csv)
}

/// `/responses.json`.
///
/// # Errors
/// As [`csv()`].
pub async fn json(who: SignedIn, query: Query<Fields>, house: Data<House>) -> HttpResponse {
    export(who, &query, &house, Kind::Responses, Form::Json)
}

/// `/conversations.csv`: what became of each complaint, without internal notes.
///
/// # Errors
/// As [`csv()`].
pub async fn conversations_csv(who: SignedIn, query: Query<Fields>, house: Data<House>) -> HttpResponse {
    export(who, &query, &house, Kind::Conversations, Form::Csv)
}

/// `/conversations.json`.
///
/// # Errors
/// As [`csv()`].
pub async fn conversations_json(who: SignedIn, query: Query<Fields>, house: Data<House>) -> HttpResponse {
    export(who, &query, &house, Kind::Conversations, Form::Json)
}

/// `/counts.csv`: every count of every day; of the filter only the days are asked for.
///
/// # Errors
/// As [`csv()`].
pub async fn counts_csv(who: SignedIn, query: Query<Fields>, house: Data<House>) -> HttpResponse {
    export(who, &query, &house, Kind::Counts, Form::Csv)
}

/// `/counts.json`.
///
/// # Errors
/// As [`csv()`].
pub async fn counts_json(who: SignedIn, query: Query<Fields>, house: Data<House>) -> HttpResponse {
    export(who, &query, &house, Kind::Counts, Form::Json)
}

fn export(who: SignedIn, query: &Fields, house: &House, kind: Kind, form: Form) -> HttpResponse {
    let days = Days::of(&who.shop.settings.time_zone);
    let (ending, media_type) = match form {
        Form::Csv => ("csv", "text/csv; charset=utf-8"),
        Form::Json => ("json", "application/json"),
    };
    let (shop, today) = (who.shop.key.as_str(), days.day(house.clock.now_ms()));
    let attachment = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(format!("{}-{shop}-{today}.{ending}", kind.name()))],
    };
    let export = Export {
        db: house.db.clone(),
        key: who.shop.key,
        settings: who.shop.settings,
        days,
        filter: Filter::parse(query),
        kind,
        form,
        has_begun: false,
        next: Some(Next::Head),
    };
    HttpResponse::Ok()
        .content_type(media_type)
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
        }))
}

impl Export {
    /// The next piece that has something in it: an empty one would end the file.
    async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        while let Some(next) = self.next.take() {
            let piece = self.what_comes(next).await?;
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    async fn what_comes(&mut self, next: Next) -> Result<Bytes, Failure> {
        let rows = match next {
            Next::Head => {
                self.next = Some(match self.kind {
                    Kind::Counts => Next::Counts(0, self.before_the_first_day()),
                    Kind::Responses | Kind::Conversations => Next::After(Cursor::start()),
                });
                return Ok(self.head()?.into());
            }
            Next::End => return Ok(Bytes::from_static(b"\n]\n")),
            Next::After(cursor) => self.after(cursor).await?,
            Next::Counts(what, after) => self.counts(what, after).await?,
        };
        if self.next.is_none() && self.form == Form::Json {
            self.next = Some(Next::End);
        }
        let bytes = match self.form {
            Form::Csv => lines(rows)?,
            Form::Json => objects(self.kind.head(), rows, !self.has_begun)?,
        };
        self.has_begun |= !bytes.is_empty();
        Ok(bytes.into())
    }

    fn head(&self) -> Result<Vec<u8>, Failure> {
        if self.form == Form::Json {
            return Ok(b"[".to_vec());
        }
        // The mark tells Excel that this is UTF-8; everything else knows.
        let mut head = "\u{feff}".as_bytes().to_vec();
        head.extend(lines([self.kind.head().iter().map(|name| Value::from(*name)).collect()])?);
        Ok(head)
    }

    /// The rows before a place, and what comes next.
    async fn after(&mut self, cursor: Cursor) -> Result<Vec<Vec<Value>>, Failure> {
        let (db, key, filter, days) = (&self.db, &self.key, &self.filter, &self.days);
        let (rows, last): (Vec<Vec<Value>>, _) = if self.kind == Kind::Conversations {
            let found = listing::talks(db, key, filter, days, &cursor, PIECE).await?;
            let last = found.last().map(|last| (last.created_at_ms, last.id.clone()));
            (found.iter().map(|row| talk(row, &self.settings, days)).collect(), last)
        } else {
            let found = listing::page(db, key, filter, days, &cursor, PIECE).await?;
            let last = found.last().map(|last| (last.created_at_ms, last.id.clone()));
            (found.iter().map(|row| response(row, &self.settings, days)).collect(), last)
        };
        if rows.len() == PIECE as usize {
            self.next = last.map(|(at_ms, id)| Next::After(Cursor { at_ms, id }));
        }
        Ok(rows)
    }

    fn before_the_first_day(&self) -> (i32, Option<String>) {
        (self.filter.days().0.saturating_sub(1), None)
    }

    /// The counts after a place, and what comes next.
    async fn counts(
        &mut self,
        n: usize,
        (day, key): (i32, Option<String>),
    ) -> Result<Vec<Vec<Value>>, Failure> {
        let Some(what) = What::ALL.get(n) else { return Ok(Vec::new()) };
        let until = self.filter.days().1.saturating_add(1);
        let found = kept::of_days(&self.db, &self.key, *what, (day, key.as_deref()), until, PIECE).await?;
        self.next = match found.last() {
            Some(last) if found.len() == PIECE as usize => {
                Some(Next::Counts(n, (last.day, Some(last.key.clone()))))
            }
            _ if n + 1 < What::ALL.len() => Some(Next::Counts(n + 1, self.before_the_first_day())),
            _ => None,
        };
        Ok(found.iter().map(count).collect())
    }
}

fn response(row: &Listed, settings: &ShopSettings, days: &Days) -> Vec<Value> {
    let reasons: Vec<String> = row.reasons.split_whitespace().map(|code| reason(settings, code)).collect();
    vec![
        row.receipt.as_str().into(),
        days.stamp(row.created_at_ms).into(),
        settings.time_zone.as_str().into(),
        row.rating.into(),
        row.scale.as_str().into(),
        row.moment.as_str().into(),
        row.comment.as_str().into(),
        reasons.join("; ").into(),
        row.wants_reply.into(),
        row.email.as_str().into(),
        row.order_number.as_str().into(),
        row.page_path.as_str().into(),
        row.page_title.as_str().into(),
        row.language.as_str().into(),
        row.device.as_str().into(),
        row.id.as_str().into(),
    ]
}

fn talk(row: &ListedTalk, settings: &ShopSettings, days: &Days) -> Vec<Value> {
    let at = |at_ms: Option<i64>| Value::from(at_ms.map(machine_time));
    vec![
        row.receipt.as_str().into(),
        days.stamp(row.created_at_ms).into(),
        settings.time_zone.as_str().into(),
        row.rating.into(),
        row.comment.as_str().into(),
        row.stage.as_str().into(),
        row.person.as_str().into(),
        at(Some(row.opened_at_ms)),
        at(row.answered_at_ms),
        row.answered_open_ms.map(|ms| ms / MINUTE_MS).into(),
        at(row.put_right_at_ms),
        row.remedy.as_str().into(),
        if row.cause.is_empty() { "".into() } else { cause(settings, &row.cause).into() },
        at(row.asked_at_ms),
        at(row.decided_at_ms),
        row.aside.as_str().into(),
        row.messages.into(),
        row.id.as_str().into(),
    ]
}

fn count(row: &OfDay) -> Vec<Value> {
    let day = Days::of_number(row.day).to_string();
    let by_rating = [row.r1, row.r2, row.r3, row.r4, row.r5].map(Value::from);
    [day.into(), row.what.as_str().into(), row.key.as_str().into()].into_iter().chain(by_rating).collect()
}

/// Rows as lines of a CSV file. Every cell is safe and quoted, but for numbers. Source: RFC 4180.
fn lines(rows: impl IntoIterator<Item = Vec<Value>>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::NonNumeric)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        let cell = |value: &Value| match value {
            Value::String(text) => safe(text).into_owned(),
            Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        writer.write_record(row.iter().map(cell)).map_err(|e| Failure::Internal(e.to_string()))?;
    }
    writer.into_inner().map_err(|e| Failure::Internal(e.to_string()))
}

/// Rows as objects of a JSON array, a line each; all but the very first have a comma in front.
fn objects(
    head: &[&'static str],
    rows: impl IntoIterator<Item = Vec<Value>>,
    mut is_first: bool,
) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    for row in rows {
        out.extend_from_slice(if is_first { b"\n" } else { b",\n" });
        is_first = false;
        let object: Object<'_> = Object(head, &row);
        serde_json::to_writer(&mut out, &object).map_err(|e| Failure::Internal(e.to_string()))?;
    }
    Ok(out)
}

/// Names and values as a JSON object, in this order.
struct Object<'a>(&'a [&'static str], &'a [Value]);

impl serde::Serialize for Object<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().zip(self.1))
    }
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
        let bytes = lines([response(&listed(), &settings, &Days::of("Europe/Berlin"))]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(r#","'=HYPERLINK(""http://evil.example"")"#), "{text}");
        assert!(text.contains(",1,"), "a number stays a number: {text}");
        assert!(text.ends_with("\r\n"));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        let by_name =
            |name| row.get(Kind::Responses.head().iter().position(|h| *h == name).unwrap()).unwrap();
        assert_eq!(by_name("comment"), "'=HYPERLINK(\"http://evil.example\")\nsecond \"line\"");
        assert_eq!(
            (by_name("email"), by_name("order"), by_name("page_title")),
            ("'+@evil.example", "'-12", "'@bowls")
        );
        assert_eq!(by_name("reasons"), "Delivery; Too heavy");
        assert_eq!(by_name("wants_reply"), "yes");
    }

    #[test]
    fn json_is_one_array_however_many_pieces_it_comes_in() {
        let head = ["a", "b"];
        let row = |n: i64| vec![Value::from(n), Value::from("=\"x\"")];
        let mut all = b"[".to_vec();
        all.extend(objects(&head, [row(1), row(2)], true).unwrap());
        all.extend(objects(&head, [row(3)], false).unwrap());
        all.extend(b"\n]\n");
        let read: Value = serde_json::from_slice(&all).unwrap();
        assert_eq!(read[2], serde_json::json!({ "a": 3, "b": "=\"x\"" }));
        assert_eq!(read.as_array().unwrap().len(), 3);
    }
}
