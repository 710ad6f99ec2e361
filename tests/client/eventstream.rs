//! The binary framing of Bedrock's streams: prelude, headers, payload, two checksums. Only what an answer needs.

use serde_json::{Value, json};

/// One `chunk` event around one event of the Messages API.
pub(crate) fn chunk(event: &Value) -> Vec<u8> {
    let payload = json!({ "bytes": base64(event.to_string().as_bytes()) }).to_string();
    let mut headers = Vec::new();
    for (name, value) in
        [(":event-type", "chunk"), (":content-type", "application/json"), (":message-type", "event")]
    {
        headers.push(name.len() as u8);
        headers.extend(name.bytes());
        headers.push(7); // a string follows
        headers.extend((value.len() as u16).to_be_bytes());
        headers.extend(value.bytes());
    }
    // Prelude (two lengths and their checksum), headers, payload, checksum of all before it.
    let total = 12 + headers.len() + payload.len() + 4;
    let mut frame = Vec::with_capacity(total);
    frame.extend((total as u32).to_be_bytes());
    frame.extend((headers.len() as u32).to_be_bytes());
    frame.extend(crc32(&frame).to_be_bytes());
    frame.extend(headers);
    frame.extend(payload.bytes());
    frame.extend(crc32(&frame).to_be_bytes());
    frame
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & 0u32.wrapping_sub(crc & 1));
        }
    }
    !crc
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - group.len()));
        for i in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * i) & 63) as usize];
            text.push(if i <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}
