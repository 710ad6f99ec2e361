//! JSON as people write it: the one place that decides how loose the parser is (comments and trailing commas,
//! nothing else), with byte ranges for every part, and the check that an edit changed what it may. What the values
//! mean is the caller's business.
//!
//! All offsets count from the first byte after a byte order mark.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::tokens::Token;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::error::{Error, Result};
use super::words::{Word, word};

const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// The text of a file without its byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded<'a> {
    pub text: &'a str,
    pub byte_order_mark: bool,
}

/// Where the first byte is that cannot be UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotUtf8 {
    pub valid_up_to: usize,
    /// The file starts as UTF-16 does, which some editors on Windows write.
    pub looks_like_utf16: bool,
}

/// Splits off the byte order mark, which is a syntax error to every JSON parser.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, NotUtf8> {
    let text = std::str::from_utf8(bytes).map_err(|error| NotUtf8 {
        valid_up_to: error.valid_up_to(),
        looks_like_utf16: bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]),
    })?;
    Ok(match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => Decoded { text, byte_order_mark: true },
        None => Decoded { text, byte_order_mark: false },
    })
}

/// The opposite of `decode`.
pub fn encode(text: &str, byte_order_mark: bool) -> Vec<u8> {
    let mark = if byte_order_mark { BYTE_ORDER_MARK } else { "" };
    [mark.as_bytes(), text.as_bytes()].concat()
}

/// What ends a line in this text; the first one decides.
pub fn newline_of(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// A part of a document with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'a> {
    pub range: Range<usize>,
    pub value: Value<'a>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    /// As written: only the reader knows how exact it has to be.
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    /// In the order of the file, a repeated key as often as it stands there.
    Object(Vec<Member<'a>>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    pub key: Cow<'a, str>,
    /// The quotes included.
    pub key_range: Range<usize>,
    pub node: Node<'a>,
}

impl<'a> Node<'a> {
    /// The members of an object; none for anything else.
    pub fn members(&self) -> &[Member<'a>] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of an array; none for anything else.
    pub fn elements(&self) -> &[Node<'a>] {
        match &self.value {
            Value::Array(elements) => elements,
            _ => &[],
        }
    }

    /// A member by its key; of a repeated key the last one, as in every JSON reader.
    pub fn get(&self, key: &str) -> Option<&Member<'a>> {
        self.members().iter().rev().find(|member| member.key == key)
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The kind of value, as JSON Schema calls it.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    }

    /// `a number`.
    pub fn kind_in_words(&self) -> Word {
        kind_in_words(self.kind())
    }
}

/// A kind of value as people call it: `a number`, `an object`.
pub fn kind_in_words(kind: &str) -> Word {
    match kind {
        "boolean" => word!("kind-boolean"),
        "number" => word!("kind-number"),
        "integer" => word!("kind-integer"),
        "string" => word!("kind-string"),
        "array" => word!("kind-array"),
        "object" => word!("kind-object"),
        _ => word!("kind-null"),
    }
}

/// A parsed text and what strict JSON would not have allowed in it.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    pub text: &'a str,
    /// None for an empty text and for one of comments only.
    pub root: Option<Node<'a>>,
    pub comments: Vec<Range<usize>>,
    pub trailing_commas: Vec<Range<usize>>,
}

/// Where and why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub range: Range<usize>,
    /// Lower case, no full stop.
    pub message: String,
}

/// The crate's defaults accept missing commas, bare words, single quotes and much more, which no JSON reader of
/// the client does.
fn options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// The text with `\ufffd` for each escape of half a surrogate pair, at the same places: JavaScript writes and reads such
/// halves (a text cut inside an emoji has one), and no Rust parser takes them.
pub fn without_halves(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut whole = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'\\', &bytes[at..]) {
        at += next;
        match (escaped_unit(bytes, at), escaped_unit(bytes, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
            (Some(0xd800..=0xdfff), _) => {
                whole.extend_from_slice(&bytes[from..at]);
                whole.extend_from_slice(b"\\ufffd");
                at += 6;
                from = at;
            }
            _ => at += 2,
        }
        if at >= bytes.len() {
            break;
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    whole.extend_from_slice(&bytes[from..]);
    // Only ASCII gave way to ASCII.
    String::from_utf8(whole).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The UTF-16 unit of the `\u` escape at a place.
fn escaped_unit(bytes: &[u8], at: usize) -> Option<u32> {
    super::quoted::code(bytes.get(at..)?.strip_prefix(b"\\u")?)
}

pub fn parse(text: &str) -> Result<Document<'_>, SyntaxError> {
    let collect = CollectOptions { comments: CommentCollectionStrategy::Separate, tokens: true };
    let whole = without_halves(text);
    let parsed = parse_to_ast(&whole, &collect, &options()).map_err(|error| syntax_error(text, &error))?;
    // The map holds each comment twice, by the token before it and by the one after.
    let comments: BTreeMap<usize, usize> = parsed
        .comments
        .iter()
        .flat_map(|map| map.values())
        .flat_map(|list| list.iter().map(|comment| (comment.start(), comment.end())))
        .collect();
    let tokens = parsed.tokens.unwrap_or_default();
    let trailing_commas = tokens
        .windows(2)
        .filter(|pair| {
            matches!(pair[0].token, Token::Comma)
                && matches!(pair[1].token, Token::CloseBrace | Token::CloseBracket)
        })
        .map(|pair| pair[0].start()..pair[0].end())
        .collect();
    Ok(Document {
        text,
        root: parsed.value.map(|value| node(text, value)),
        comments: comments.into_iter().map(|(start, end)| start..end).collect(),
        trailing_commas,
    })
}

fn syntax_error(text: &str, error: &jsonc_parser::errors::ParseError) -> SyntaxError {
    let said = error.kind().to_string();
    let mut letters = said.chars();
    let message = letters.next().map(|c| c.to_lowercase().chain(letters).collect()).unwrap_or_default();
    // At the end of the text there is nothing to point at: the last character then stands for it.
    let start = error.range().start.min(text.len());
    let end = error.range().end.clamp(start, text.len());
    SyntaxError { range: start..end, message }
}

/// `text` is as long as the one that was parsed, and as it is what stays.
fn node<'a>(text: &'a str, value: ast::Value<'_>) -> Node<'a> {
    let range = value.start()..value.end();
    let value = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::NumberLit(_) => Value::Number(&text[range.clone()]),
        ast::Value::StringLit(literal) => Value::String(string(text, &range, literal.value)),
        ast::Value::Array(array) => {
            Value::Array(array.elements.into_iter().map(|element| node(text, element)).collect())
        }
        ast::Value::Object(object) => {
            Value::Object(object.properties.into_iter().map(|property| member(text, property)).collect())
        }
    };
    Node { range, value }
}

fn member<'a>(text: &'a str, property: ast::ObjectProp<'_>) -> Member<'a> {
    let key_range = property.name.start()..property.name.end();
    let key = match property.name {
        ast::ObjectPropName::String(literal) => string(text, &key_range, literal.value),
        ast::ObjectPropName::Word(_) => Cow::Borrowed(&text[key_range.clone()]),
    };
    Member { key, key_range, node: node(text, property.value) }
}

/// A string without escapes is what stands between its quotes.
fn string<'a>(text: &'a str, quoted: &Range<usize>, value: Cow<'_, str>) -> Cow<'a, str> {
    match value {
        Cow::Borrowed(_) => Cow::Borrowed(&text[quoted.start + 1..quoted.end - 1]),
        Cow::Owned(value) => Cow::Owned(value),
    }
}

/// A key that stands more than once in one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    pub key: String,
    pub first: Range<usize>,
    pub again: Range<usize>,
    /// The keys from the root to the object; array elements by their index.
    pub path: Vec<String>,
}

/// Every repeated key of a document, in the order of the text.
pub fn duplicate_keys(root: &Node<'_>) -> Vec<Duplicate> {
    let mut found = Vec::new();
    find_duplicates(root, &mut Vec::new(), &mut found);
    found
}

fn find_duplicates(node: &Node<'_>, path: &mut Vec<String>, found: &mut Vec<Duplicate>) {
    let mut first: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    for member in node.members() {
        if let Some(first) = first.get(&*member.key) {
            found.push(Duplicate {
                key: member.key.to_string(),
                first: first.clone(),
                again: member.key_range.clone(),
                path: path.clone(),
            });
        } else {
            first.insert(&member.key, member.key_range.clone());
        }
        path.push(member.key.to_string());
        find_duplicates(&member.node, path, found);
        path.pop();
    }
    for (i, element) in node.elements().iter().enumerate() {
        path.push(i.to_string());
        find_duplicates(element, path, found);
        path.pop();
    }
}

/// A place as people and editors count it, both from 1; the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// Offsets to positions.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        Self { text, starts: starts.collect() }
    }

    /// An offset beyond the text or inside a character is moved back to the nearest place that exists.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|&start| start <= offset);
        let column = self.text[self.starts[line - 1]..offset].chars().count() + 1;
        Position { line, column }
    }
}

/// Is the new text the old one but for the members at `allowed` (paths of keys)? An error when more changed.
pub fn check_edit(before: &str, after: &str, allowed: &[&[&str]]) -> Result<()> {
    let parsed = |text| parse(text).map_err(|error: SyntaxError| Error::internal(error.message));
    let (old, new) = (parsed(before)?, parsed(after)?);
    let same = match (&old.root, &new.root) {
        (Some(a), Some(b)) => same_apart_from(before, a, after, b, allowed),
        (None, Some(b)) => b
            .members()
            .iter()
            .all(|member| allowed.iter().any(|path| path.first().is_some_and(|key| *key == member.key))),
        (None, None) => true,
        (Some(_), None) => false,
    };
    if same && comments_kept(&old, &new, 0..0) && new.trailing_commas.len() <= old.trailing_commas.len() {
        return Ok(());
    }
    Err(Error::internal("the edit would have changed more than it should; the file was left alone"))
}

fn same_apart_from(before: &str, a: &Node<'_>, after: &str, b: &Node<'_>, allowed: &[&[&str]]) -> bool {
    match (&a.value, &b.value) {
        (Value::Object(a), Value::Object(b)) => {
            let is_allowed = |key: &str| allowed.iter().any(|path| *path == [key]);
            let a: Vec<_> = a.iter().filter(|member| !is_allowed(&member.key)).collect();
            let b: Vec<_> = b.iter().filter(|member| !is_allowed(&member.key)).collect();
            a.len() == b.len()
                && a.iter().zip(&b).all(|(x, y)| {
                    let starts_here = |path: &&&[&str]| path.first().is_some_and(|key| *key == x.key);
                    let below: Vec<&[&str]> =
                        allowed.iter().filter(starts_here).map(|path| &path[1..]).collect();
                    x.key == y.key && same_apart_from(before, &x.node, after, &y.node, &below)
                })
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| same_apart_from(before, x, after, y, &[]))
        }
        // By their text and not by their value, so that not even `1.0` becomes `1`.
        _ => before[a.range.clone()] == after[b.range.clone()],
    }
}

/// Every comment of the old text, but for those in the part that was `replaced`, is in the new one, in the same order.
pub fn comments_kept(old: &Document<'_>, new: &Document<'_>, replaced: Range<usize>) -> bool {
    let mut kept = new.comments.iter().map(|range| &new.text[range.clone()]);
    let mut stay = old.comments.iter().filter(|range| !replaced.contains(&range.start));
    stay.all(|range| kept.any(|comment| comment == &old.text[range.clone()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(text: &str) -> String {
        parse(text).unwrap_err().message
    }

    #[test]
    fn halves_of_surrogate_pairs_are_read_over() {
        for (text, whole) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ud83d\ude00\uDE00x\uD83d\n""#, r#""\ud83d\ude00\ufffdx\ufffd\n""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#"// \"#, r#"// \"#),
        ] {
            assert_eq!(without_halves(text), whole);
        }
        for same in [r#""\\ud83d""#, r#""\u00e9\u12""#, "\"\\", "\\ud83"] {
            assert!(matches!(without_halves(same), Cow::Borrowed(_)), "{same}");
        }
        let text = r#"{"a\udc00": "x\ud800", "plain": 1.50, "b": "é"}"#;
        let document = parse(text).unwrap();
        let root = document.root.unwrap();
        assert_eq!(root.get("a\u{fffd}").unwrap().node.as_str(), Some("x\u{fffd}"));
        assert_eq!(root.get("plain").unwrap().node.value, Value::Number("1.50"));
        assert_eq!(root.get("b").unwrap().node.as_str(), Some("é"));
        assert_eq!(&text[root.get("a\u{fffd}").unwrap().key_range.clone()], r#""a\udc00""#);
    }

    #[test]
    fn comments_and_trailing_commas_and_nothing_else() {
        let text = "// one\n{\"a\": [1, 2,], /* two */ \"b\": 1e400,}\n// three";
        let document = parse(text).unwrap();
        let shown: Vec<&str> = document.comments.iter().map(|range| &text[range.clone()]).collect();
        assert_eq!(shown, ["// one", "/* two */", "// three"]);
        assert_eq!(document.trailing_commas.len(), 2);
        let root = document.root.unwrap();
        assert_eq!(root.get("b").unwrap().node.value, Value::Number("1e400"));
        assert_eq!(&text[root.get("a").unwrap().node.range.clone()], "[1, 2,]");
        for text in
            ["{a: 1}", "{'a': 1}", "{\"a\": +1}", "{\"a\": 0x1}", "{\"a\": NaN}", "{\"a\": .5}", "{} {}"]
        {
            assert!(!fails(text).is_empty(), "{text}");
        }
        assert_eq!(fails("{\"a\": 1 \"b\": 2}"), "expected comma");
        assert!(parse("").unwrap().root.is_none());
        assert!(parse("// nothing").unwrap().root.is_none());
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        assert_eq!(fails(&"[".repeat(100_000)), "maximum nesting depth exceeded");
    }

    #[test]
    fn positions_count_characters_from_one() {
        let lines = Lines::new("é\r\n  x\n");
        assert_eq!(lines.position(0), Position { line: 1, column: 1 });
        assert_eq!(lines.position(2), Position { line: 1, column: 2 });
        assert_eq!(lines.position(1), Position { line: 1, column: 1 });
        assert_eq!(lines.position(6), Position { line: 2, column: 3 });
        assert_eq!(lines.position(99), Position { line: 3, column: 1 });
    }

    #[test]
    fn byte_order_mark_and_newline_kind() {
        let bytes = b"\xEF\xBB\xBF{}\r\n";
        let decoded = decode(bytes).unwrap();
        assert_eq!((decoded.text, decoded.byte_order_mark), ("{}\r\n", true));
        assert_eq!(encode(decoded.text, true), bytes);
        assert_eq!(newline_of(decoded.text), "\r\n");
        assert_eq!(newline_of("{}"), "\n");
        assert!(decode(b"\xFF\xFE{\0").unwrap_err().looks_like_utf16);
        assert_eq!(decode(b"{\"\xFF").unwrap_err().valid_up_to, 2);
    }

    #[test]
    fn repeated_keys_are_found_everywhere() {
        let document = parse(r#"{"a": [{"b": 1, "b": 2}], "a": 3}"#).unwrap();
        let root = document.root.unwrap();
        let found = duplicate_keys(&root);
        let shown: Vec<_> = found.iter().map(|d| (d.path.join("/"), d.key.as_str(), d.again.start)).collect();
        assert_eq!(shown, [("a/0".to_string(), "b", 16), (String::new(), "a", 26)]);
        assert_eq!(root.get("a").unwrap().node.value, Value::Number("3"));
    }

    #[test]
    fn an_edit_may_change_what_was_allowed_and_nothing_else() {
        let text = "{\r\n\t// why\r\n\t\"a\": 1.0,\r\n\t\"cost\": {\"dailyBudget\": 5, \"x\": 1}\r\n}\r\n";
        let edited = text.replace("\": 5", "\": 10");
        assert!(check_edit(text, &edited, &[&["cost", "dailyBudget"]]).is_ok());
        assert!(check_edit(text, &edited, &[&["cost", "weeklyBudget"]]).is_err());
        assert!(check_edit("{", "{}", &[]).is_err());
        assert!(check_edit("{\"a\":1}", "{\"a\":1.0}", &[]).is_err());
        assert!(check_edit("{\"a\":1/*x*/}", "{\"a\":1}", &[]).is_err());
        assert!(check_edit("", "{\"hooks\":{}}", &[&["hooks"]]).is_ok());
    }
}
