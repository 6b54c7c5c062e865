//! Random values of every type that the engine knows, in PostgreSQL's text form.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

/// How many values of each type are tried.
pub const COUNT: usize = 1_500;

/// The labels of the enum type `mood` of these tests.
pub const LABELS: [&str; 4] = ["so-so", "very_happy", "inLove", "3d"];

/// [`COUNT`] values of a type.
pub fn samples(ty: &str) -> Vec<String> {
    let strategy = strategy(ty);
    let mut runner = TestRunner::default();
    let mut sample = || strategy.new_tree(&mut runner).expect("a value").current();
    (0..COUNT).map(|_| sample()).collect()
}

fn strategy(ty: &str) -> BoxedStrategy<String> {
    match ty {
        "boolean" => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        "smallint" => any::<i16>().prop_map(|value| value.to_string()).boxed(),
        "integer" => any::<i32>().prop_map(|value| value.to_string()).boxed(),
        "bigint" => any::<i64>().prop_map(|value| value.to_string()).boxed(),
        "real" => any::<f32>().prop_map(|value| value.to_string()).boxed(),
        "double precision" => prop_oneof![
            any::<f64>().prop_map(|value| value.to_string()),
            (-1_000_000i64..1_000_000, 0..8)
                .prop_map(|(value, places)| { (value as f64 / 10f64.powi(places)).to_string() }),
        ]
        .boxed(),
        "numeric" => prop_oneof![
            20 => "-?[0-9]{1,40}(\\.[0-9]{1,30})?",
            10 => "-?0\\.0{0,20}[0-9]{1,6}0{0,6}",
            10 => "-?[1-9]0{0,30}",
            5 => "-?[1-9]\\.[0-9]{1,5}e-?[1-9][0-9]?",
            1 => Just("NaN".to_owned()),
            1 => Just("Infinity".to_owned()),
            1 => Just("-Infinity".to_owned()),
        ]
        .boxed(),
        "text" | "varchar" => text().boxed(),
        "mood" => (0..LABELS.len())
            .prop_map(|index| LABELS[index].to_owned())
            .boxed(),
        "uuid" => any::<u128>()
            .prop_map(|value| uuid::Uuid::from_u128(value).to_string())
            .boxed(),
        "timestamptz" => or_infinite(
            (
                date(294_276, 4_712),
                0..86_400i64,
                prop_oneof![Just(0), 0..1_000_000i64],
            )
                .prop_map(|((date, era), second, micros)| {
                    let (hour, minute) = (second / 3_600, second / 60 % 60);
                    format!(
                        "{date} {hour:02}:{minute:02}:{:02}.{micros:06}+00{era}",
                        second % 60
                    )
                }),
        ),
        "date" => or_infinite(date(5_874_897, 4_712).prop_map(|(date, era)| date + era)),
        "interval" => or_infinite(
            (
                -200_000_000i32..200_000_000,
                any::<i32>(),
                interval_micros(),
            )
                .prop_map(|(months, days, micros)| {
                    format!(
                        "{months} mons {} days {micros} us",
                        days.clamp(-i32::MAX + 1, i32::MAX - 1)
                    )
                }),
        ),
        "json" => json()
            .prop_map(|value| serde_json::to_string_pretty(&value).expect("JSON"))
            .boxed(),
        "jsonb" => json().prop_map(|value| value.to_string()).boxed(),
        "bytea" => prop::collection::vec(any::<u8>(), 0..200)
            .prop_map(|bytes| {
                let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("\\x{digits}")
            })
            .boxed(),
        "inet" => prop_oneof![
            (any::<[u8; 4]>(), 0..=32u8)
                .prop_map(|(octets, bits)| format!("{}/{bits}", std::net::Ipv4Addr::from(octets))),
            (prop::array::uniform8(group()), 0..=128u8)
                .prop_map(|(groups, bits)| format!("{}/{bits}", std::net::Ipv6Addr::from(groups))),
            prop::array::uniform8(group())
                .prop_map(|groups| std::net::Ipv6Addr::from(groups).to_string()),
        ]
        .boxed(),
        "cidr" => prop_oneof![
            any::<[u8; 4]>().prop_map(|octets| std::net::Ipv4Addr::from(octets).to_string()),
            any::<u8>().prop_map(|octet| format!("{octet}.0.0.0/8")),
            any::<u16>().prop_map(|group| format!("{group:x}::/16")),
        ]
        .boxed(),
        "vector(3)" => prop::array::uniform3(prop_oneof![-2f32..2f32, any::<f32>()])
            .prop_map(|elements| format!("{elements:?}"))
            .boxed(),
        other => panic!("no values of type {other}"),
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,200}",
        "[a-z \"\\\\\u{1}-\u{1f}\u{7f}é€😀]{0,80}",
    ]
    .prop_map(|text| text.replace('\0', ""))
}

/// A date and what follows it: nothing, or ` BC`.
fn date(last_year: i32, first_year_bc: i32) -> impl Strategy<Value = (String, &'static str)> {
    let year = prop_oneof![
        6 => (1_900..2_100).prop_map(|year| (year, "")),
        2 => (1..=last_year).prop_map(|year| (year, "")),
        1 => (1..=first_year_bc).prop_map(|year| (year, " BC")),
    ];
    (year, 1..=12, 1..=28)
        .prop_map(|((year, era), month, day)| (format!("{year:04}-{month:02}-{day:02}"), era))
}

fn or_infinite(strategy: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    prop_oneof![
        40 => strategy,
        1 => Just("infinity".to_owned()),
        1 => Just("-infinity".to_owned()),
    ]
    .boxed()
}

/// Up to what PostgreSQL reads back from text, which has fewer hours than it can store.
fn interval_micros() -> impl Strategy<Value = i64> {
    let most = i64::from(i32::MAX) * 3_600_000_000;
    prop_oneof![Just(0), -100_000_000..100_000_000i64, -most..most]
}

fn group() -> impl Strategy<Value = u16> {
    prop_oneof![3 => Just(0), 1 => Just(0xffff), 2 => any::<u16>()]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1_000_000i32..1_000_000).prop_map(|value| Value::from(f64::from(value) / 64.0)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
