//! Lines of the log, which name the request that they are about.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use crate::request_id::RequestId;

/// Writes what the format within writes, and behind it the id of the request at hand, if there is one.
#[derive(Debug)]
pub(super) struct WithRequestId<F>(pub(super) F);

/// For lines of text: one more field.
impl<'writer, F> FormatFields<'writer> for WithRequestId<F>
where
    F: for<'any> FormatFields<'any>,
{
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        fields: R,
    ) -> fmt::Result {
        self.0.format_fields(writer.by_ref(), fields)?;
        match RequestId::current() {
            Some(id) => write!(writer, " request_id={}", id.as_str()),
            None => Ok(()),
        }
    }
}

/// For JSON: one more member of the object. Ids have nothing that JSON would escape.
impl<S, N, F> FormatEvent<S, N> for WithRequestId<F>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    N: for<'writer> FormatFields<'writer> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(id) = RequestId::current() else {
            return self.0.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        let object = line.trim_end().strip_suffix('}').unwrap_or(&line);
        writeln!(writer, "{object},\"request_id\":\"{}\"}}", id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged about a request and without one, as text and as JSON.
    fn logged(id: &RequestId) -> [String; 2] {
        let log = || {
            id.clone()
                .in_scope(|| tracing::warn!(count = 2, "about a request"));
            tracing::warn!(count = 3, "about none");
        };
        let (text, json) = (Lines::default(), Lines::default());
        let written = text.clone();
        let builder = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || written.clone())
            .map_fmt_fields(WithRequestId);
        tracing::subscriber::with_default(builder.finish(), log);
        let written = json.clone();
        let builder = tracing_subscriber::fmt()
            .with_writer(move || written.clone())
            .json()
            .flatten_event(true)
            .map_event_format(WithRequestId);
        tracing::subscriber::with_default(builder.finish(), log);
        [text, json].map(|lines| String::from_utf8(lines.0.lock().unwrap().clone()).unwrap())
    }

    #[test]
    fn lines_about_a_request_name_it_and_others_do_not() {
        let id = RequestId::generate();
        let [text, json] = logged(&id);
        let lines: Vec<&str> = text.lines().collect();
        let end = format!("about a request count=2 request_id={}", id.as_str());
        assert!(lines[0].ends_with(&end), "{text}");
        assert!(lines[1].ends_with("about none count=3"), "{text}");
        let lines: Vec<serde_json::Value> = json
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(
            (&lines[0]["count"], &lines[0]["request_id"]),
            (&2.into(), &id.as_str().into())
        );
        assert_eq!(
            (&lines[1]["count"], lines[1].get("request_id")),
            (&3.into(), None)
        );
    }
}
