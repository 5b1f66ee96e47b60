//! How a machine's cores are shared out among sessions of one model.
//!
//! Pure. One session asks about one photo, or one batch, at a time. On a CPU several sessions of few
//! threads grade more photos a second than one session of many: the threads of one run wait for each
//! other after every layer, and decoding gets in between. A single photo is graded soonest by one
//! session with all cores.

use std::num::NonZeroUsize;

use super::Device;

/// What there is to share out, and what an operator asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The machine's cores.
    pub cores: NonZeroUsize,
    /// Sessions, where that was said; else they follow from the device and the cores.
    pub sessions: Option<NonZeroUsize>,
    /// Threads of each session on the CPU, where that was said; else they follow from the cores.
    pub threads: Option<NonZeroUsize>,
}

impl Default for Share {
    /// One session of one thread.
    fn default() -> Self {
        Self {
            cores: NonZeroUsize::MIN,
            sessions: None,
            threads: None,
        }
    }
}

/// How many sessions, and how many threads each has on the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sessions {
    pub count: NonZeroUsize,
    pub threads: NonZeroUsize,
}

/// Each session holds the model's weights once more; beyond four, larger models cost more memory than
/// the speed is worth.
const MOST_SESSIONS: NonZeroUsize = NonZeroUsize::new(4).expect("not zero");

/// Decoding is one thread's work for one photo; beside one session a second photo is got ready.
const FEWEST_DECODERS: NonZeroUsize = NonZeroUsize::new(2).expect("not zero");

impl Share {
    /// All cores for one session.
    #[must_use]
    pub fn for_one_session(self) -> Self {
        Self {
            sessions: Some(NonZeroUsize::MIN),
            ..self
        }
    }

    /// Unless something else was said: on the CPU a session for each core, at most four, which have the
    /// cores between them; on a GPU one, which is kept busy by larger batches instead.
    pub fn on(&self, device: Device) -> Sessions {
        let count = self.sessions.unwrap_or(if device.is_cpu() {
            self.cores.min(MOST_SESSIONS)
        } else {
            NonZeroUsize::MIN
        });
        let each = NonZeroUsize::new(self.cores.get() / count).unwrap_or(NonZeroUsize::MIN);
        Sessions {
            count,
            threads: self.threads.unwrap_or(each),
        }
    }

    /// Photos decoded at once: before a CPU's sessions as many as these, so that each finds its next
    /// photo ready and decoding takes no more of the cores than they do; all cores before a GPU.
    pub fn decoders_on(&self, device: Device) -> NonZeroUsize {
        let decoders = if device.is_cpu() {
            self.on(device).count
        } else {
            self.cores
        };
        decoders.max(FEWEST_DECODERS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(cores: usize, sessions: usize, threads: usize) -> Share {
        Share {
            cores: NonZeroUsize::new(cores).unwrap(),
            sessions: NonZeroUsize::new(sessions),
            threads: NonZeroUsize::new(threads),
        }
    }

    /// Sessions, threads of each and photos decoded at once.
    fn told(share: Share, device: Device) -> (usize, usize, usize) {
        let sessions = share.on(device);
        let decoders = share.decoders_on(device);
        (sessions.count.get(), sessions.threads.get(), decoders.get())
    }

    #[test]
    fn the_cpu_s_cores_are_shared_out_among_up_to_four_sessions() {
        for (cores, expected) in [
            (1, (1, 1, 2)),
            (2, (2, 1, 2)),
            (3, (3, 1, 3)),
            (4, (4, 1, 4)),
            (6, (4, 1, 4)),
            (8, (4, 2, 4)),
            (64, (4, 16, 4)),
        ] {
            assert_eq!(told(share(cores, 0, 0), Device::Cpu), expected, "{cores}");
        }
    }

    #[test]
    fn a_gpu_has_one_session_and_all_cores_decode_for_it() {
        assert_eq!(told(share(16, 0, 0), Device::Cuda(0)), (1, 16, 16));
        assert_eq!(told(share(1, 0, 0), Device::TensorRt(1)), (1, 1, 2));
        assert_eq!(told(share(16, 2, 0), Device::Cuda(0)), (2, 8, 16));
    }

    #[test]
    fn what_an_operator_says_is_done() {
        assert_eq!(told(share(8, 2, 0), Device::Cpu), (2, 4, 2));
        assert_eq!(told(share(8, 0, 3), Device::Cpu), (4, 3, 4));
        assert_eq!(told(share(2, 8, 0), Device::Cpu), (8, 1, 8));
        assert_eq!(told(share(2, 3, 5), Device::Cpu), (3, 5, 3));
    }

    #[test]
    fn one_session_alone_has_all_cores() {
        let alone = share(8, 0, 0).for_one_session();
        assert_eq!(told(alone, Device::Cpu), (1, 8, 2));
        assert_eq!(told(Share::default(), Device::Cpu), (1, 1, 2));
    }
}
