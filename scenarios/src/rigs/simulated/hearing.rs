//! What the taps on the links hear, on its way into the journal.

use super::world::World;
use crate::journal::{Answer, Direction, LinkEvent, Name, What};
use crate::rigs::tap::Ear;

impl World {
    /// Lets a link's tap hear what arrives at a side.
    pub(super) fn listen_in(&mut self, number: u32, side: u8, bytes: &[u8]) {
        let direction = if side == 1 { Direction::Out } else { Direction::In };
        let Self { links, learnt, heard, now, all_wires, .. } = self;
        let mut ear = Ear { link: number, now: *now, all: *all_wires, learnt, out: heard };
        links[number as usize].tap.hear(direction, bytes, &mut ear);
        // Mostly nothing new was said.
        if !self.heard.is_empty() {
            let heard = std::mem::take(&mut self.heard);
            self.see_all(heard);
        }
    }

    /// A client learnt something.
    pub(super) fn learn(&mut self, server: &Name, ups: &str, name: &str, is: Answer) {
        let mut out = std::mem::take(&mut self.heard);
        let mut ear = Ear { link: 0, now: self.now, all: false, learnt: &mut self.learnt, out: &mut out };
        ear.learn(server, ups, name, is);
        self.see_all(out);
    }

    /// Writes down that a link opened or ended; of its ends, the first one to be seen.
    pub(super) fn show_link(&mut self, number: u32, event: LinkEvent) {
        if event != LinkEvent::Opened && std::mem::replace(&mut self.links[number as usize].is_over, true) {
            return;
        }
        let (all, now) = (self.all_wires, self.now);
        let mut out = std::mem::take(&mut self.heard);
        let mut ear = Ear { link: number, now, all, learnt: &mut self.learnt, out: &mut out };
        self.links[number as usize].tap.event(event, &mut ear);
        self.see_all(out);
    }

    pub(super) fn server_let_go(&mut self, number: u32) {
        let mut out = std::mem::take(&mut self.heard);
        let mut ear = Ear { link: number, now: self.now, all: false, learnt: &mut self.learnt, out: &mut out };
        self.links[number as usize].tap.server_let_go(&mut ear);
        self.see_all(out);
    }

    /// Writes down what a tap heard, and keeps its buffer.
    fn see_all(&mut self, mut heard: Vec<What>) {
        heard.drain(..).for_each(|what| self.see(what));
        self.heard = heard;
    }
}
