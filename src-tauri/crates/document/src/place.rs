//! Lines and columns, as an editor counts them.

/// The line of an offset, from 1. `\n`, `\r\n` and a lone `\r` each end a line.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    let bytes = text.as_bytes();
    let before = &bytes[..offset];
    let feeds = before.iter().filter(|it| **it == b'\n').count();
    if !before.contains(&b'\r') {
        return 1 + feeds;
    }
    let lone = |&(at, &byte): &(usize, &u8)| byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    1 + feeds + before.iter().enumerate().filter(lone).count()
}

/// The column of an offset, from 1, in characters. A byte order mark has no column.
pub(crate) fn column_of(text: &str, offset: usize) -> usize {
    let line = &text[line_start(text, offset)..offset];
    1 + line.trim_start_matches('\u{feff}').chars().count()
}

/// Where the line of an offset starts.
pub(crate) fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// Where each line but the first starts, by the same line ends.
pub(crate) fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = |(at, byte): &(usize, &u8)| **byte == b'\n' || **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
    bytes.iter().enumerate().filter(ends).map(|(at, _)| at + 1).collect()
}
