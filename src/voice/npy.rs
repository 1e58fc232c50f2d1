//! NumPy's array files. Source: NumPy's `format.py`, versions 1 to 3 of the format.

use super::file::{Array, Element};

const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read.
const MAX_HEADER_BYTES: usize = 4096;

/// Reads an array of little-endian floats.
pub(super) fn read(bytes: &[u8]) -> Result<Array, String> {
    let body = bytes.strip_prefix(MAGIC).ok_or("it does not begin as NumPy's files do")?;
    let (len, start) = match *body {
        [1, _, a, b, ..] => (usize::from(u16::from_le_bytes([a, b])), 4),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]) as usize, 6),
        [version, ..] => return Err(format!("NumPy's format {version} is not known, expected 1 to 3")),
        [] => return Err("it ends in NumPy's header".into()),
    };
    if len > MAX_HEADER_BYTES {
        return Err(format!("NumPy's header has {len} bytes, expected at most {MAX_HEADER_BYTES}"));
    }
    let header = body.get(start..start + len).ok_or("it ends in NumPy's header")?;
    let header = std::str::from_utf8(header).map_err(|_| "NumPy's header is not text")?;
    let element = match value(header, "descr")?.trim_matches(['\'', '"']) {
        "<f2" => Element::F16,
        "<f4" => Element::F32,
        "<f8" => Element::F64,
        other => {
            return Err(format!("its numbers are {other:?}, expected little-endian floats such as '<f4'"));
        }
    };
    if value(header, "fortran_order")? != "False" {
        return Err("it is stored column by column, expected row by row".into());
    }
    let shape = shape(value(header, "shape")?)?;
    let count = shape.iter().try_fold(1usize, |count, &len| count.checked_mul(len));
    let data = &body[start + len..];
    match count.and_then(|count| count.checked_mul(element.bytes())) {
        Some(expected) if expected == data.len() => Ok(Array { shape, values: element.decode(data) }),
        _ => Err(format!("an array of shape {shape:?} does not fit into its {} bytes of data", data.len())),
    }
}

/// The text of `key`'s value in a header such as `{'descr': '<f4', 'fortran_order': False, 'shape': (510, 1, 256), }`.
fn value<'a>(header: &'a str, key: &str) -> Result<&'a str, String> {
    let missing = || format!("NumPy's header has no {key}");
    let after = header.split_once(&format!("'{key}'")).ok_or_else(missing)?.1;
    let rest = after.trim_start().strip_prefix(':').ok_or_else(missing)?.trim_start();
    let end = match rest.starts_with('(') {
        true => rest.find(')').map(|at| at + 1),
        false => rest.find([',', '}']),
    };
    Ok(rest[..end.ok_or_else(missing)?].trim())
}

fn shape(text: &str) -> Result<Vec<usize>, String> {
    let bad = || format!("NumPy's header has the shape {text}, expected two or three numbers");
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).ok_or_else(bad)?;
    let numbers = inner.split(',').map(str::trim).filter(|number| !number.is_empty());
    let shape = numbers.map(|number| number.parse().map_err(|_| bad())).collect::<Result<Vec<usize>, _>>()?;
    if (2..=3).contains(&shape.len()) { Ok(shape) } else { Err(bad()) }
}

/// The header of an array of f32, stored row by row: the data begins at a multiple of 64 bytes.
pub(super) fn header(shape: &[usize]) -> Vec<u8> {
    let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
    let mut text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", shape.join(", "));
    let unpadded = MAGIC.len() + 4 + text.len() + 1;
    text.extend(std::iter::repeat_n(' ', unpadded.next_multiple_of(64) - unpadded));
    text.push('\n');
    let len = u16::try_from(text.len()).expect("a few numbers make a short header");
    [MAGIC, &[1, 0], &len.to_le_bytes(), text.as_bytes()].concat()
}
