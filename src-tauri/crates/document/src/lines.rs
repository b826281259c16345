//! Line numbers, as an editor counts them: `\n`, `\r\n` and a lone `\r` each end a line.

/// The places where the lines of a text start.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    starts: Vec<usize>,
    end: usize,
}

impl Lines {
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |&(at, &byte): &(usize, &u8)| byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
        let after_ends = bytes.iter().enumerate().filter(ends_line).map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(after_ends).collect(), end: text.len() }
    }

    /// Returns the line of an offset, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Returns where the line of an offset starts.
    pub fn start(&self, offset: usize) -> usize {
        self.starts[self.line(offset) - 1]
    }

    /// Returns how many lines there are. A line end at the end of the text starts no other line.
    pub fn count(&self) -> usize {
        self.starts.len() - usize::from(self.starts.last() == Some(&self.end))
    }
}
