//! Exports of responses, conversations and counters, as CSV and JSON, streamed in pieces with the filters of the page.
//!
//! JSON is one array, so that a file which broke off does not parse.

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

const ROWS_PER_PIECE: i64 = 500;
/// Conversations with their messages are long.
const CONVERSATIONS_PER_PIECE: i64 = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ExportKind {
    Responses,
    Conversations,
    Counts,
}

const CONVERSATION_COLUMNS: [&str; 19] = [
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

    /// Programs may rely on the names of the columns.
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
            // A cell of a spreadsheet has no room for messages.
            Self::Conversations => match form {
                TableFormat::Csv => CONVERSATION_COLUMNS.split_last().map_or(&[], |(_, columns)| columns),
                TableFormat::Json => &CONVERSATION_COLUMNS,
            },
            Self::Counts => {
                &["day", "what", "key", "rating_1", "rating_2", "rating_3", "rating_4", "rating_5"]
            }
        }
    }
}

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
    /// `None` after the end.
    next: Option<NextPiece>,
}

enum NextPiece {
    Head,
    /// Rows older than this one.
    After(ResponseCursor),
    /// The metric's index, and the day and key after which the rows begin.
    Counts(usize, (i32, Option<String>)),
    End,
}

/// `/responses.csv`. An error after the first byte breaks the file off, which the browser reports.
pub async fn csv(who: SignedIn, query: Query<FormFields>, state: Data<AppState>) -> HttpResponse {
    export(who, &query, &state, ExportKind::Responses, TableFormat::Csv)
}

/// `/responses.json`.
pub async fn json(who: SignedIn, query: Query<FormFields>, state: Data<AppState>) -> HttpResponse {
    export(who, &query, &state, ExportKind::Responses, TableFormat::Json)
}

/// `/conversations.csv`: without internal notes.
pub async fn conversations_csv(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> HttpResponse {
    export(who, &query, &state, ExportKind::Conversations, TableFormat::Csv)
}

/// `/conversations.json`.
pub async fn conversations_json(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> HttpResponse {
    export(who, &query, &state, ExportKind::Conversations, TableFormat::Json)
}

/// `/counts.csv`: of the filter, only the days apply.
pub async fn counts_csv(who: SignedIn, query: Query<FormFields>, state: Data<AppState>) -> HttpResponse {
    export(who, &query, &state, ExportKind::Counts, TableFormat::Csv)
}

/// `/counts.json`.
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
    /// Skips empty pieces: an empty chunk would end the file.
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
        let mut table = TableWriter::new(self.form, self.kind.head(self.form), self.has_begun);
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
            NextPiece::After(cursor) => self.after(cursor, &mut table).await?,
            NextPiece::Counts(metric, after) => self.counts(metric, after, &mut table).await?,
        }
        if self.next.is_none() {
            self.next = Some(NextPiece::End);
        }
        let (bytes, has_begun) = table.into_bytes();
        self.has_begun = has_begun;
        Ok(bytes.into())
    }

    /// Writes the rows older than the cursor, and sets what comes next.
    async fn after(&mut self, cursor: ResponseCursor, table: &mut TableWriter) -> Result<(), AppError> {
        let (db, key, filter, days) = (&self.db, &self.key, &self.filter, &self.days);
        let is_long = self.kind == ExportKind::Conversations && self.form == TableFormat::Json;
        let piece = if is_long { CONVERSATIONS_PER_PIECE } else { ROWS_PER_PIECE };
        let (rows, last) = if self.kind == ExportKind::Conversations {
            let page = response_queries::load_conversations(db, key, filter, days, &cursor, piece).await?;
            let mut messages_by_response: HashMap<String, Vec<Value>> = HashMap::new();
            if is_long {
                let ids: Vec<&str> = page.iter().map(|row| row.id.as_str()).collect();
                for message in messages::excerpts(db, key, &ids).await? {
                    let of = messages_by_response.entry(message.response).or_default();
                    let (at, from) = (iso_timestamp(message.sent_at_ms), message.sender);
                    of.push(json!({ "at": at, "from": from, "name": message.name, "words": message.words }));
                }
            }
            for row in &page {
                table.row(|cells| {
                    write_conversation(row, &self.settings, days, cells);
                    if is_long {
                        cells.list(messages_by_response.get(&row.id).map_or(&[], Vec::as_slice));
                    }
                });
            }
            (page.len(), page.last().map(|last| (last.created_at_ms, last.id.clone())))
        } else {
            let page = response_queries::page(db, key, filter, days, &cursor, piece).await?;
            page.iter().for_each(|row| table.row(|cells| response(row, &self.settings, days, cells)));
            (page.len(), page.last().map(|last| (last.created_at_ms, last.id.clone())))
        };
        if rows == piece as usize {
            self.next = last.map(|(at_ms, id)| NextPiece::After(ResponseCursor { at_ms, id }));
        }
        Ok(())
    }

    fn before_the_first_day(&self) -> (i32, Option<String>) {
        (self.filter.days().0.saturating_sub(1), None)
    }

    /// Writes the counters after a day and key, and sets what comes next.
    async fn counts(
        &mut self,
        n: usize,
        (day, key): (i32, Option<String>),
        table: &mut TableWriter,
    ) -> Result<(), AppError> {
        let Some(metric) = Metric::ALL.get(n) else { return Ok(()) };
        let until = self.filter.days().1.saturating_add(1);
        let page = counter_queries::by_day(
            &self.db,
            &self.key,
            *metric,
            (day, key.as_deref()),
            until,
            ROWS_PER_PIECE,
        )
        .await?;
        self.next = match page.last() {
            Some(last) if page.len() == ROWS_PER_PIECE as usize => {
                Some(NextPiece::Counts(n, (last.day, Some(last.key.clone()))))
            }
            _ if n + 1 < Metric::ALL.len() => Some(NextPiece::Counts(n + 1, self.before_the_first_day())),
            _ => None,
        };
        page.iter().for_each(|row| table.row(|cells| count(row, cells)));
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
    cells.boolean(row.wants_reply);
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
        let mut table =
            TableWriter::new(TableFormat::Csv, ExportKind::Responses.head(TableFormat::Csv), false);
        table.row(|cells| response(&listed(), &settings, &ShopZone::from_name("Europe/Berlin"), cells));
        let text = String::from_utf8(table.into_bytes().0).unwrap();
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
