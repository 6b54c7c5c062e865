//! Connections whose answers to a WebSocket's handshake spell their headers as RFC 6455 does.
//!
//! Names of headers have no case, but clients look for `Sec-WebSocket-Protocol` in a plain dictionary (Python's gql over
//! `websockets`, for one) and take no protocol for chosen. hyper writes names in lower case; what it offers instead
//! (`Sec-Websocket-Protocol`, or a record of every request's spelling) is another word, or costs every request.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// How the answer begins; no frame of a WebSocket and no other answer does.
const SWITCHING: &[u8] = b"HTTP/1.1 101 ";

/// How the names begin that are more than words with capitals.
const PREFIX: &[u8] = b"Sec-WebSocket-";

/// A connection.
#[derive(Debug)]
pub(super) struct Wire(TcpStream);

impl Wire {
    /// The connection over a TCP stream.
    pub(super) fn over(stream: TcpStream) -> Self {
        Wire(stream)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.0);
        match spelled(buffer) {
            // As long as the original. Should the system take a part only, the rest follows as hyper spells it.
            Some(spelled) => stream.poll_write(context, &spelled),
            None => stream.poll_write(context, buffer),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.0);
        match buffers.first().and_then(|first| spelled(first)) {
            Some(spelled) => stream.poll_write(context, &spelled),
            None => stream.poll_write_vectored(context, buffers),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// The answer to a handshake with its headers' names as the RFC has them; nothing for anything else.
fn spelled(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(SWITCHING) {
        return None;
    }
    let mut spelled = bytes.to_vec();
    for line in spelled.split_mut(|byte| *byte == b'\n').skip(1) {
        let Some(end) = line.iter().position(|byte| *byte == b':') else {
            // The blank line behind the headers.
            break;
        };
        let name = &mut line[..end];
        let mut begins = true;
        for byte in name.iter_mut() {
            if begins {
                byte.make_ascii_uppercase();
            }
            begins = *byte == b'-';
        }
        if let Some(prefix) = name.get_mut(..PREFIX.len())
            && prefix.eq_ignore_ascii_case(PREFIX)
        {
            prefix.copy_from_slice(PREFIX);
        }
    }
    Some(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshakes_answer_is_spelled_as_the_rfc_does() {
        let answer = b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nsec-websocket-accept: a:b-c\r\n\
            sec-websocket-protocol: graphql-ws\r\nx-content-type-options: nosniff\r\n\r\nx: y";
        let spelled = spelled(answer).unwrap();
        assert_eq!(
            String::from_utf8(spelled).unwrap(),
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nSec-WebSocket-Accept: a:b-c\r\n\
             Sec-WebSocket-Protocol: graphql-ws\r\nX-Content-Type-Options: nosniff\r\n\r\nx: y"
        );
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for bytes in [
            &b"HTTP/1.1 200 OK\r\nsec-websocket-accept: a\r\n\r\n"[..],
            b"\x81\x05hello",
            b"HTTP",
            b"",
        ] {
            assert_eq!(spelled(bytes), None);
        }
    }
}
