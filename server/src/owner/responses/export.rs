//! Everything to take along: responses, conversations and counts, as CSV for a spreadsheet and as JSON for a program. Piece
//! by piece, whatever the size, with the filters of the page, and without formulas.
//!
//! JSON is one array: what breaks off in the middle cannot be taken for the whole.

use crate::analytics::labels::cause_name;
use crate::db::Db;
use crate::db::counter_queries;
use crate::db::counter_queries::DailyCounterRow;
use crate::db::messages;
use crate::db::response_queries;
use crate::db::response_queries::{ConversationListRow, ResponseListRow};
use crate::domain::counters::Metric;
use crate::domain::response_filter::{ResponseCursor, ResponseFilter};
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::responses::response_view::reason;
use crate::owner::responses::table_writer::{TableFormat, TableWriter};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::time::clock::MINUTE_MS;
use crate::time::zone::{ShopZone, iso_timestamp};
use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Bytes, Data, Query};
use futures_util::stream;
use serde_json::{Value, json};
use shared::ids::ShopKey;
use std::collections::HashMap;

/// How many rows are read and sent at a time.
const PIECE: i64 = 500;
/// How many conversations with everything said in them are: each may be long.
const PIECE_OF_TALKS: i64 = 50;

/// What is taken along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ExportKind {
    Responses,
    Conversations,
    Counts,
}

/// The columns of conversations.
const CONVERSATION: [&str; 19] = [
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
    "said",
];

impl ExportKind {
    fn name(self) -> &'static str {
        match self {
            Self::Responses => "responses",
            Self::Conversations => "conversations",
            Self::Counts => "counts",
        }
    }

    /// The columns. Spreadsheets show them; programs may rely on them.
    fn head(self, form: TableFormat) -> &'static [&'static str] {
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
                "product",
            ],
            // A spreadsheet has no room for what was said.
            Self::Conversations => match form {
                TableFormat::Csv => CONVERSATION.split_last().map_or(&[], |(_, columns)| columns),
                TableFormat::Json => &CONVERSATION,
            },
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
    days: ShopZone,
    filter: ResponseFilter,
    kind: ExportKind,
    form: TableFormat,
    /// Whether a row was sent.
    has_begun: bool,
    /// What comes next; none when all was sent.
    next: Option<NextPiece>,
}

enum NextPiece {
    Head,
    /// Responses and conversations before this one.
    After(ResponseCursor),
    /// Counts of this kind after this day and key, or after the whole day.
    Counts(usize, (i32, Option<String>)),
    End,
}

/// `/responses.csv`.
///
/// # Errors
/// Nothing before the first byte; after that a broken database breaks the file off, and the browser says so.
pub async fn csv(who: SignedIn, query: Query<FormFields>, state: Data<AppState>) -> HttpResponse {
    export(who, &query, &state, ExportKind::Responses, TableFormat::Csv)
}

/// `/responses.json`.
///
/// # Errors
/// As [`csv()`].
pub async fn json(who: SignedIn, query: Query<FormFields>, state: Data<AppState>) -> HttpResponse {
    export(who, &query, &state, ExportKind::Responses, TableFormat::Json)
}

/// `/conversations.csv`: what became of each complaint, without internal notes.
///
/// # Errors
/// As [`csv()`].
pub async fn conversations_csv(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> HttpResponse {
    export(who, &query, &state, ExportKind::Conversations, TableFormat::Csv)
}

/// `/conversations.json`.
///
/// # Errors
/// As [`csv()`].
pub async fn conversations_json(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> HttpResponse {
    export(who, &query, &state, ExportKind::Conversations, TableFormat::Json)
}

/// `/counts.csv`: every count of every day; of the filter only the days are asked for.
///
/// # Errors
/// As [`csv()`].
pub async fn counts_csv(who: SignedIn, query: Query<FormFields>, state: Data<AppState>) -> HttpResponse {
    export(who, &query, &state, ExportKind::Counts, TableFormat::Csv)
}

/// `/counts.json`.
///
/// # Errors
/// As [`csv()`].
pub async fn counts_json(who: SignedIn, query: Query<FormFields>, state: Data<AppState>) -> HttpResponse {
    export(who, &query, &state, ExportKind::Counts, TableFormat::Json)
}

fn export(
    who: SignedIn,
    query: &FormFields,
    state: &AppState,
    kind: ExportKind,
    form: TableFormat,
) -> HttpResponse {
    let days = ShopZone::from_name(&who.shop.settings.time_zone);
    let (ending, media_type) = match form {
        TableFormat::Csv => ("csv", "text/csv; charset=utf-8"),
        TableFormat::Json => ("json", "application/json"),
    };
    let (shop, today) = (who.shop.key.as_str(), days.day(state.clock.now_ms()));
    let attachment = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(format!("{}-{shop}-{today}.{ending}", kind.name()))],
    };
    let export = Export {
        db: state.db.clone(),
        key: who.shop.key,
        settings: who.shop.settings,
        days,
        filter: ResponseFilter::parse(query),
        kind,
        form,
        has_begun: false,
        next: Some(NextPiece::Head),
    };
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(attachment)
        .streaming(stream::try_unfold(export, |mut export| async move {
            match export.next_piece().await {
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
    async fn next_piece(&mut self) -> Result<Option<Bytes>, AppError> {
        while let Some(next) = self.next.take() {
            let piece = self.next_bytes(next).await?;
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    async fn next_bytes(&mut self, next: NextPiece) -> Result<Bytes, AppError> {
        let mut sheet = TableWriter::new(self.form, self.kind.head(self.form), self.has_begun);
        match next {
            NextPiece::Head => {
                self.next = Some(match self.kind {
                    ExportKind::Counts => NextPiece::Counts(0, self.before_the_first_day()),
                    ExportKind::Responses | ExportKind::Conversations => {
                        NextPiece::After(ResponseCursor::start())
                    }
                });
                return Ok(TableWriter::head(self.form, self.kind.head(self.form)).into());
            }
            NextPiece::End => return Ok(Bytes::from_static(TableWriter::foot(self.form))),
            NextPiece::After(cursor) => self.after(cursor, &mut sheet).await?,
            NextPiece::Counts(what, after) => self.counts(what, after, &mut sheet).await?,
        }
        if self.next.is_none() {
            self.next = Some(NextPiece::End);
        }
        let (bytes, has_begun) = sheet.into_bytes();
        self.has_begun = has_begun;
        Ok(bytes.into())
    }

    /// The rows before a place, and what comes next.
    async fn after(&mut self, cursor: ResponseCursor, sheet: &mut TableWriter) -> Result<(), AppError> {
        let (db, key, filter, days) = (&self.db, &self.key, &self.filter, &self.days);
        let is_long = self.kind == ExportKind::Conversations && self.form == TableFormat::Json;
        let piece = if is_long { PIECE_OF_TALKS } else { PIECE };
        let (rows, last) = if self.kind == ExportKind::Conversations {
            let found = response_queries::load_conversations(db, key, filter, days, &cursor, piece).await?;
            let mut said: HashMap<String, Vec<Value>> = HashMap::new();
            if is_long {
                let ids: Vec<&str> = found.iter().map(|row| row.id.as_str()).collect();
                for one in messages::excerpts(db, key, &ids).await? {
                    let of = said.entry(one.response).or_default();
                    let (at, from) = (iso_timestamp(one.sent_at_ms), one.sender);
                    of.push(json!({ "at": at, "from": from, "name": one.name, "words": one.words }));
                }
            }
            for row in &found {
                sheet.row(|cells| {
                    write_conversation(row, &self.settings, days, cells);
                    if is_long {
                        cells.list(said.get(&row.id).map_or(&[], Vec::as_slice));
                    }
                });
            }
            (found.len(), found.last().map(|last| (last.created_at_ms, last.id.clone())))
        } else {
            let found = response_queries::page(db, key, filter, days, &cursor, piece).await?;
            found.iter().for_each(|row| sheet.row(|cells| response(row, &self.settings, days, cells)));
            (found.len(), found.last().map(|last| (last.created_at_ms, last.id.clone())))
        };
        if rows == piece as usize {
            self.next = last.map(|(at_ms, id)| NextPiece::After(ResponseCursor { at_ms, id }));
        }
        Ok(())
    }

    fn before_the_first_day(&self) -> (i32, Option<String>) {
        (self.filter.days().0.saturating_sub(1), None)
    }

    /// The counts after a place, and what comes next.
    async fn counts(
        &mut self,
        n: usize,
        (day, key): (i32, Option<String>),
        sheet: &mut TableWriter,
    ) -> Result<(), AppError> {
        let Some(what) = Metric::ALL.get(n) else { return Ok(()) };
        let until = self.filter.days().1.saturating_add(1);
        let found =
            counter_queries::by_day(&self.db, &self.key, *what, (day, key.as_deref()), until, PIECE).await?;
        self.next = match found.last() {
            Some(last) if found.len() == PIECE as usize => {
                Some(NextPiece::Counts(n, (last.day, Some(last.key.clone()))))
            }
            _ if n + 1 < Metric::ALL.len() => Some(NextPiece::Counts(n + 1, self.before_the_first_day())),
            _ => None,
        };
        found.iter().for_each(|row| sheet.row(|cells| count(row, cells)));
        Ok(())
    }
}

fn response(row: &ResponseListRow, settings: &ShopSettings, days: &ShopZone, cells: &mut TableWriter) {
    let reasons: Vec<String> = row.reasons.split_whitespace().map(|code| reason(settings, code)).collect();
    cells.text(&row.receipt);
    cells.text(&days.stamp(row.created_at_ms));
    cells.text(&settings.time_zone);
    cells.number(row.rating);
    cells.text(&row.scale);
    cells.text(&row.moment);
    cells.text(&row.comment);
    cells.text(&reasons.join("; "));
    cells.yes(row.wants_reply);
    cells.text(&row.email);
    cells.text(&row.order_number);
    cells.text(&row.page_path);
    cells.text(&row.page_title);
    cells.text(&row.language);
    cells.text(&row.device);
    cells.text(&row.id);
    cells.text(&row.product);
}

fn write_conversation(
    row: &ConversationListRow,
    settings: &ShopSettings,
    days: &ShopZone,
    cells: &mut TableWriter,
) {
    let at = |cells: &mut TableWriter, at_ms| cells.text(&iso_timestamp(at_ms));
    cells.text(&row.receipt);
    cells.text(&days.stamp(row.created_at_ms));
    cells.text(&settings.time_zone);
    cells.number(row.rating);
    cells.text(&row.comment);
    cells.text(&row.stage);
    cells.text(&row.person);
    at(cells, row.opened_at_ms);
    cells.maybe(row.answered_at_ms, at);
    cells.maybe(row.answered_open_ms.map(|ms| ms / MINUTE_MS), TableWriter::number);
    cells.maybe(row.put_right_at_ms, at);
    cells.text(&row.remedy);
    cells.text(&if row.cause.is_empty() { String::new() } else { cause_name(settings, &row.cause) });
    cells.maybe(row.asked_at_ms, at);
    cells.maybe(row.decided_at_ms, at);
    cells.text(&row.aside);
    cells.number(row.messages);
    cells.text(&row.id);
}

fn count(row: &DailyCounterRow, cells: &mut TableWriter) {
    cells.text(&ShopZone::date_from_number(row.day).to_string());
    cells.text(&row.metric);
    cells.text(&row.key);
    [row.r1, row.r2, row.r3, row.r4, row.r5].into_iter().for_each(|n| cells.number(n));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> ResponseListRow {
        ResponseListRow {
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
            product: "=1+1".into(),
            language: "en".into(),
            device: "phone".into(),
            created_at_ms: 1_795_442_400_000,
            reasons: "delivery too_heavy".into(),
        }
    }

    #[test]
    fn an_export_has_no_formulas_and_reads_back_as_it_was() {
        let settings = ShopSettings { time_zone: "Europe/Berlin".into(), ..ShopSettings::default() };
        let mut sheet =
            TableWriter::new(TableFormat::Csv, ExportKind::Responses.head(TableFormat::Csv), false);
        sheet.row(|cells| response(&listed(), &settings, &ShopZone::from_name("Europe/Berlin"), cells));
        let text = String::from_utf8(sheet.into_bytes().0).unwrap();
        assert!(text.contains(r#","'=HYPERLINK(""http://evil.example"")"#), "{text}");
        assert!(text.contains(",1,"), "a number stays a number: {text}");
        assert!(text.ends_with("\r\n"));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        let by_name = |name| {
            row.get(ExportKind::Responses.head(TableFormat::Csv).iter().position(|h| *h == name).unwrap())
                .unwrap()
        };
        assert_eq!(by_name("comment"), "'=HYPERLINK(\"http://evil.example\")\nsecond \"line\"");
        assert_eq!(
            (by_name("email"), by_name("order"), by_name("page_title")),
            ("'+@evil.example", "'-12", "'@bowls")
        );
        assert_eq!(by_name("reasons"), "Delivery; Too heavy");
        assert_eq!(by_name("wants_reply"), "yes");
    }
}
