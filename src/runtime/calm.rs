//! A backend that writes only when there is something to write: a frame like the last one costs no byte, and any other
//! arrives whole (synchronized update, mode 2026), with the cursor out of the way meanwhile.

use std::io::{self, Write};

use crossterm::{
    cursor::{Hide, MoveTo, Show},
    queue,
    terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate},
};
use ratatui::{
    backend::{Backend, ClearType, CrosstermBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};

/// Writes frames to a terminal.
pub struct Calm<W: Write> {
    backend: CrosstermBackend<W>,
    /// A synchronized update has begun.
    begun: bool,
    /// Where the cursor is seen; `None` while it is hidden.
    cursor: Option<Position>,
    /// Where it is to be seen after this frame.
    wanted: Option<Position>,
}

impl<W: Write> Calm<W> {
    /// Over a writer whose terminal hides the cursor at the moment.
    pub fn new(writer: W) -> Self {
        Self { backend: CrosstermBackend::new(writer), begun: false, cursor: None, wanted: None }
    }

    /// The terminal is taken anew: its cursor is hidden again.
    pub fn retaken(&mut self) {
        (self.begun, self.cursor) = (false, None);
    }

    fn begin(&mut self) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            queue!(self.backend, BeginSynchronizedUpdate)?;
        }
        if self.cursor.take().is_some() {
            queue!(self.backend, Hide)?;
        }
        Ok(())
    }
}

impl<W: Write> Write for Calm<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.backend.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.backend)
    }
}

impl<W: Write> Backend for Calm<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.begin()?;
        self.backend.draw(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        // Where comes next.
        Ok(())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.wanted = Some(position.into());
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // The terminal is not asked: the answer would be taken by the input loop.
        Ok(self.cursor.or(self.wanted).unwrap_or_default())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.begin()?;
        self.backend.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.backend.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.backend.window_size()
    }

    /// Ends the frame, if anything of it was written.
    fn flush(&mut self) -> io::Result<()> {
        if self.cursor != self.wanted {
            self.begin()?;
            if let Some(Position { x, y }) = self.wanted {
                queue!(self.backend, MoveTo(x, y), Show)?;
            }
            self.cursor = self.wanted;
        }
        if std::mem::take(&mut self.begun) {
            queue!(self.backend, EndSynchronizedUpdate)?;
            Write::flush(&mut self.backend)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{cell::RefCell, io, rc::Rc};

    use ratatui::{Terminal, TerminalOptions, Viewport, layout::Rect, style::Style};

    use super::Calm;

    /// Bytes that can be looked at while they are written.
    #[derive(Clone, Default)]
    struct Bytes(Rc<RefCell<Vec<u8>>>);

    impl io::Write for Bytes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The bytes of each of some frames: a text, and where the cursor is.
    fn written(frames: &[(&str, Option<(u16, u16)>)]) -> Vec<String> {
        let bytes = Bytes::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, 10, 2));
        let mut terminal = Terminal::with_options(Calm::new(bytes.clone()), TerminalOptions { viewport }).unwrap();
        frames
            .iter()
            .map(|(text, cursor)| {
                terminal
                    .draw(|frame| {
                        frame.buffer_mut().set_string(0, 0, text, Style::new());
                        if let Some(cursor) = cursor {
                            frame.set_cursor_position(*cursor);
                        }
                    })
                    .unwrap();
                String::from_utf8(bytes.0.take()).unwrap()
            })
            .collect()
    }

    #[test]
    fn a_frame_like_the_last_one_writes_nothing() {
        let written = written(&[("a", None), ("a", None), ("a", Some((1, 0))), ("a", Some((1, 0)))]);
        assert!(!written[0].is_empty());
        assert_eq!(written[1], "");
        assert!(written[2].contains("\u{1b}[1;2H\u{1b}[?25h"), "{:?}", written[2]);
        assert_eq!(written[3], "");
    }

    #[test]
    fn a_frame_arrives_whole_and_hides_the_cursor_while_it_is_drawn() {
        let written = written(&[("a", Some((1, 0))), ("b", Some((1, 0))), ("b", None)]);
        let frame = &written[1];
        assert!(frame.starts_with("\u{1b}[?2026h\u{1b}[?25l"), "{frame:?}");
        assert!(frame.ends_with("\u{1b}[?25h\u{1b}[?2026l"), "{frame:?}");
        assert_eq!(written[2], "\u{1b}[?2026h\u{1b}[?25l\u{1b}[?2026l");
    }
}
