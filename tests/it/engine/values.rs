//! Values of every type, there and back: what the engine writes is what serde_json would write for
//! PostgreSQL's own text form, and what a client reads it can send back unchanged.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use mindloom::engine::{
    cursor::Cursors,
    encode::{Encoder, Raw},
    value::{Enumeration, Param, Scalar},
};
use serde_json::Value;
use tokio_postgres::types::ToSql;

use super::value_samples::{LABELS, samples};
use crate::support::TestDb;

/// Every type, and what its arguments are read by.
fn types() -> Vec<(&'static str, Scalar)> {
    let mood = Enumeration::new(LABELS.map(str::to_owned)).expect("different names");
    vec![
        ("boolean", Scalar::Boolean),
        ("smallint", Scalar::Int { bits: 16 }),
        ("integer", Scalar::Int { bits: 32 }),
        ("bigint", Scalar::BigInt),
        ("real", Scalar::Float),
        ("double precision", Scalar::Float),
        ("numeric", Scalar::Decimal),
        ("text", Scalar::String),
        ("varchar", Scalar::String),
        ("mood", Scalar::Enum(Arc::new(mood))),
        ("uuid", Scalar::Uuid),
        ("timestamptz", Scalar::DateTime),
        ("date", Scalar::Date),
        ("interval", Scalar::Interval),
        ("json", Scalar::Json),
        ("jsonb", Scalar::Json),
        ("bytea", Scalar::Bytes),
        ("inet", Scalar::Inet),
        ("cidr", Scalar::Inet),
        ("vector(3)", Scalar::Vector { dimensions: 3 }),
    ]
}

/// A connection whose text forms are the ones that the references below read.
async fn connection(test: &TestDb) -> deadpool_postgres::Client {
    let client = test.db.system().await.expect("a connection");
    let labels = LABELS.map(|label| format!("'{label}'")).join(", ");
    let setup = format!(
        "create extension if not exists vector;
         create type mood as enum ({labels});
         set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601';
         set bytea_output = 'hex'; set extra_float_digits = 1;"
    );
    client.batch_execute(&setup).await.expect("the setup runs");
    client
}

#[tokio::test]
async fn every_value_is_written_as_serde_json_writes_its_text() {
    let test = TestDb::empty().await;
    let client = connection(&test).await;
    for (ty, _) in types() {
        let sql = format!("select v, v::text from (select unnest($1::text[])::{ty} v) t");
        let rows = client.query(&sql, &[&samples(ty)]).await.expect(ty);
        let encoder = Encoder::for_type(rows[0].columns()[0].type_()).expect(ty);
        let mut elements = Vec::new();
        for row in &rows {
            let (raw, text): (Raw, &str) = (row.get(0), row.get(1));
            let reference = reference(ty, text);
            assert_eq!(written(encoder, raw), reference, "{ty} {text}");
            elements.push(reference);
        }

        let sql = format!(
            "select array_append(array_agg(v), null) from (select unnest($1::text[])::{ty} v) t"
        );
        let texts: Vec<&str> = rows.iter().map(|row| row.get(1)).collect();
        let row = client.query_one(&sql, &[&texts]).await.expect(ty);
        let encoder = Encoder::for_type(row.columns()[0].type_()).expect(ty);
        let reference = format!("[{},null]", elements.join(","));
        assert!(
            written(encoder, row.get(0)) == reference,
            "{ty}[] differs from its elements"
        );
    }
}

#[tokio::test]
async fn what_was_read_can_be_sent_back() {
    let test = TestDb::empty().await;
    let client = connection(&test).await;
    for (ty, scalar) in types() {
        let sql = format!("select unnest($1::text[])::{ty}");
        let rows = client.query(&sql, &[&samples(ty)]).await.expect(ty);
        let encoder = Encoder::for_type(rows[0].columns()[0].type_()).expect(ty);
        let originals: Vec<String> = rows
            .iter()
            .map(|row| written(encoder, row.get(0)))
            .collect();

        // One by one …
        let echo = client.prepare(&format!("select $1::{ty}")).await.expect(ty);
        for original in originals.iter().take(200) {
            let param = scalar
                .parse(&received(&scalar, original))
                .expect("a value that was written");
            let row = client.query_one(&echo, &[&param]).await.expect(original);
            assert_same(ty, &written_or_null(encoder, row.get(0)), original);
        }

        // … and as an array.
        let list: Vec<Value> = originals
            .iter()
            .map(|json| received(&scalar, json))
            .collect();
        let param = scalar
            .parse_list(&Value::from(list))
            .expect("values that were written");
        let sql = format!("select unnest($1::{ty}[])");
        let rows = client.query(&sql, &[&param]).await.expect(ty);
        assert_eq!(rows.len(), originals.len(), "{ty}");
        for (row, original) in rows.iter().zip(&originals) {
            assert_same(ty, &written_or_null(encoder, row.get(0)), original);
        }
    }
}

#[tokio::test]
async fn numbers_are_the_same_to_the_database_not_only_in_text() {
    let test = TestDb::empty().await;
    let client = connection(&test).await;
    for ty in ["real", "double precision", "numeric"] {
        let texts = samples(ty);
        let scalar = if ty == "numeric" {
            Scalar::Decimal
        } else {
            Scalar::Float
        };
        let finite: Vec<&String> = texts
            .iter()
            .filter(|text| !text.contains(['N', 'i', 'I']))
            .collect();
        let values: Vec<Value> = finite
            .iter()
            .map(|text| match scalar {
                Scalar::Decimal => Value::from(text.as_str()),
                _ => received(&scalar, text),
            })
            .collect();
        let param = scalar.parse_list(&Value::from(values)).expect(ty);
        let sql = format!(
            "select text, sent::text from unnest($1::text[], $2::{ty}[]) t(text, sent)
             where text::{ty} is distinct from sent"
        );
        let rows = client.query(&sql, &[&finite, &param]).await.expect(ty);
        let different: Vec<(String, String)> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert!(different.is_empty(), "{ty}: {different:?}");
    }
}

#[tokio::test]
async fn cursors_bring_back_the_values_of_every_type() {
    let test = TestDb::empty().await;
    let client = connection(&test).await;
    let cursors = Cursors::new(b"the secret of this test");
    for (ty, _) in types() {
        let sql = format!("select unnest($1::text[])::{ty}, null::{ty}");
        let echo = client
            .prepare(&format!("select $1::{ty}, $2::{ty}"))
            .await
            .expect(ty);
        for row in client
            .query(&sql, &[&samples(ty)])
            .await
            .expect(ty)
            .iter()
            .take(100)
        {
            let raw: Raw = row.get(0);
            let mut cursor = Vec::new();
            cursors.write(7, [Some(raw.0), None], &mut Vec::new(), &mut cursor);
            let cursor: String = serde_json::from_slice(&cursor).expect("a JSON string");
            let params = cursors.read(7, &cursor).expect("this server's cursor");
            let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
            let again = client.query_one(&echo, &params).await.expect(ty);
            assert_eq!(again.get::<_, Raw>(0).0, raw.0, "{ty}");
            assert!(again.get::<_, Option<Raw>>(1).is_none(), "{ty}");
        }
    }
}

#[tokio::test]
async fn null_is_null_in_every_type() {
    let test = TestDb::empty().await;
    let client = connection(&test).await;
    for (ty, _) in types() {
        let sql = format!("select $1::{ty} is null and $2::{ty}[] is null");
        let row = client
            .query_one(&sql, &[&Param::Null, &Param::Null])
            .await
            .expect(ty);
        assert!(row.get::<_, bool>(0), "{ty}");
    }
}

/// A value as the server receives it. Floats are read by the standard library: serde_json may miss their
/// last digit, and its precision is not what is tested here (the samples of JSON have none that long).
fn received(scalar: &Scalar, json: &str) -> Value {
    match (scalar, json.parse::<f64>()) {
        (Scalar::Float, Ok(value)) => Value::from(value),
        _ => serde_json::from_str(json).expect("JSON"),
    }
}

/// The same bytes; of `json`, which keeps spaces, the same value.
fn assert_same(ty: &str, again: &str, original: &str) {
    let value = |json| serde_json::from_str::<Value>(json).expect("JSON");
    match ty {
        "json" => assert_eq!(value(again), value(original)),
        _ => assert_eq!(again, original, "{ty}"),
    }
}

fn written(encoder: Encoder, raw: Raw) -> String {
    let mut out = Vec::new();
    encoder
        .write(raw.0, &mut out)
        .expect("a value of the encoder's type");
    String::from_utf8(out).expect("UTF-8")
}

/// Floats that JSON has no form for are written as null, and come back as NULL.
fn written_or_null(encoder: Encoder, raw: Option<Raw>) -> String {
    raw.map_or_else(|| "null".to_owned(), |raw| written(encoder, raw))
}

/// What serde_json writes for a value whose text form is `text`.
fn reference(ty: &str, text: &str) -> String {
    let float = |json: Result<String, _>| match text.parse::<f64>() {
        Ok(value) if value.is_finite() => json.expect("JSON"),
        _ => "null".to_owned(),
    };
    match ty {
        "boolean" => Value::from(text == "true").to_string(),
        "smallint" | "integer" => Value::from(text.parse::<i64>().expect(ty)).to_string(),
        "real" => float(serde_json::to_string(&text.parse::<f32>().expect(ty))),
        "double precision" => float(serde_json::to_string(&text.parse::<f64>().expect(ty))),
        "mood" => {
            let mut name = Vec::new();
            mindloom::model::write_enum_name(text, &mut name);
            Value::from(String::from_utf8(name).expect("UTF-8")).to_string()
        }
        "timestamptz" | "date" => Value::from(iso(text)).to_string(),
        // Of text in JSON the server changes nothing but the line breaks between its tokens.
        "json" => text.replace('\n', " "),
        "jsonb" => text.to_owned(),
        // The cast to text adds the length of the network where the type's own output does not.
        "inet" => {
            let whole = if text.contains(':') { "/128" } else { "/32" };
            Value::from(text.strip_suffix(whole).unwrap_or(text)).to_string()
        }
        "bytea" => {
            let digits = text.strip_prefix("\\x").expect("hexadecimal digits");
            let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
            let bytes: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect();
            Value::from(STANDARD.encode(bytes)).to_string()
        }
        "vector(3)" => {
            let elements: Vec<f32> = serde_json::from_str(text).expect(ty);
            serde_json::to_string(&elements).expect("JSON")
        }
        _ => Value::from(text).to_string(),
    }
}

/// RFC 3339 and ISO 8601's longer years from PostgreSQL's ISO style.
fn iso(text: &str) -> String {
    if text.ends_with("infinity") {
        return text.to_owned();
    }
    let (text, before_christ) = match text.strip_suffix(" BC") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (year, rest) = text.split_once('-').expect("a year");
    let year: i64 = year.parse().expect("a year");
    let year = match if before_christ { 1 - year } else { year } {
        year @ 0..=9_999 => format!("{year:04}"),
        year if year < 0 => format!("-{:06}", -year),
        year => format!("+{year:06}"),
    };
    let rest = rest.replace(' ', "T").replace("+00", "Z");
    format!("{year}-{rest}")
}
