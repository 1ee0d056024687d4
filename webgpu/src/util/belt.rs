use crate::{
    Buffer, BufferAddress, BufferDescriptor, BufferSize, BufferSlice, BufferUsages, BufferViewMut,
    COPY_BUFFER_ALIGNMENT, CommandEncoder, Device, Features, MAP_ALIGNMENT, MapMode, error::lock,
};
use std::{
    fmt,
    sync::{Arc, Mutex},
};

/// Writes to buffers by way of a few mapped ones that are used again and again: for many small writes in every frame.
///
/// In each round: [`write_buffer`](Self::write_buffer) as often as needed, [`finish`](Self::finish), submit the encoder,
/// [`recall`](Self::recall).
pub struct StagingBelt {
    device: Device,
    chunk_size: BufferAddress,
    usage: BufferUsages,
    /// Mapped, and written to in this round.
    active: Vec<Chunk>,
    /// Full or finished: on their way to the GPU.
    closed: Vec<Chunk>,
    /// Mapped, and not used yet.
    free: Vec<Chunk>,
    /// Mapped again, as told by callbacks on whatever thread polls the device.
    returned: Arc<Mutex<Vec<Chunk>>>,
}

impl StagingBelt {
    /// Makes a belt of buffers of `chunk_size` bytes. That is best larger than the largest write, and a quarter to all of
    /// what is written in one round.
    #[must_use]
    pub fn new(device: Device, chunk_size: BufferAddress) -> Self {
        Self::new_with_buffer_usages(device, chunk_size, BufferUsages::COPY_SRC)
    }

    /// As [`new`](Self::new), with buffers that can be used for something else than being copied from.
    ///
    /// # Panics
    /// If that is so and the device does not have [`Features::MAPPABLE_PRIMARY_BUFFERS`].
    #[must_use]
    #[track_caller]
    pub fn new_with_buffer_usages(
        device: Device,
        chunk_size: BufferAddress,
        buffer_usages: BufferUsages,
    ) -> Self {
        let usual = BufferUsages::COPY_SRC | BufferUsages::MAP_WRITE;
        assert!(
            usual.contains(buffer_usages)
                || device.features().contains(Features::MAPPABLE_PRIMARY_BUFFERS),
            "Only BufferUsages::COPY_SRC may be used when Features::MAPPABLE_PRIMARY_BUFFERS is not enabled. Specified \
             buffer usages: {buffer_usages:?}"
        );
        Self {
            device,
            chunk_size,
            usage: buffer_usages | BufferUsages::MAP_WRITE,
            active: Vec::new(),
            closed: Vec::new(),
            free: Vec::new(),
            returned: Arc::default(),
        }
    }

    /// Gives memory to write to, which the encoder's commands copy to `target`, at `offset`.
    ///
    /// # Panics
    /// If offset or size are not multiples of [`COPY_BUFFER_ALIGNMENT`].
    #[must_use]
    #[track_caller]
    pub fn write_buffer(
        &mut self,
        encoder: &mut CommandEncoder,
        target: &Buffer,
        offset: BufferAddress,
        size: BufferSize,
    ) -> BufferViewMut {
        assert!(
            offset.is_multiple_of(COPY_BUFFER_ALIGNMENT),
            "StagingBelt::write_buffer() offset {offset} must be a multiple of `COPY_BUFFER_ALIGNMENT`"
        );
        let part = self.allocate(size, BufferSize::MIN);
        encoder.copy_buffer_to_buffer(part.buffer(), part.offset(), target, offset, size.get());
        part.get_mapped_range_mut()
    }

    /// Gives a mapped part of a buffer, to be written to before [`finish`](Self::finish) and used by commands that are
    /// submitted between that and [`recall`](Self::recall). It begins at a multiple of `alignment` in its buffer.
    ///
    /// # Panics
    /// If the size is not a multiple of [`COPY_BUFFER_ALIGNMENT`], or the alignment not a power of two.
    #[must_use]
    #[track_caller]
    pub fn allocate(&mut self, size: BufferSize, alignment: BufferSize) -> BufferSlice<'_> {
        let (size, alignment) = (size.get(), alignment.get());
        assert!(
            size.is_multiple_of(COPY_BUFFER_ALIGNMENT),
            "StagingBelt allocation size {size} must be a multiple of `COPY_BUFFER_ALIGNMENT`"
        );
        assert!(alignment.is_power_of_two(), "alignment must be a power of two, not {alignment}");
        let alignment = alignment.max(MAP_ALIGNMENT);
        let mut chunk = self.chunk_for(size, alignment);
        let offset = chunk.used.next_multiple_of(alignment);
        chunk.used = offset + size;
        self.active.push(chunk);
        let index = self.active.len() - 1;
        self.active[index].buffer.slice(offset..offset + size)
    }

    /// A chunk with room, taken off its list: one of this round, else one that is free, else a new one.
    #[track_caller]
    fn chunk_for(&mut self, size: BufferAddress, alignment: BufferAddress) -> Chunk {
        let fits = |chunk: &Chunk| chunk.has_room(size, alignment);
        if let Some(index) = self.active.iter().position(fits) {
            return self.active.swap_remove(index);
        }
        self.collect_returned();
        if let Some(index) = self.free.iter().position(fits) {
            return self.free.swap_remove(index);
        }
        let buffer = self.device.create_buffer(&BufferDescriptor {
            label: Some("StagingBelt"),
            size: self.chunk_size.max(size),
            usage: self.usage,
            mapped_at_creation: true,
        });
        Chunk { buffer, used: 0 }
    }

    /// Ends the writing of this round: call it before the commands are submitted.
    ///
    /// # Panics
    /// If memory that was given out is still in use.
    #[track_caller]
    pub fn finish(&mut self) {
        for chunk in self.active.drain(..) {
            chunk.buffer.unmap();
            self.closed.push(chunk);
        }
    }

    /// Has the buffers come back once the GPU is done with them: call it after the commands were submitted.
    #[track_caller]
    pub fn recall(&mut self) {
        self.collect_returned();
        for chunk in self.closed.drain(..) {
            let (buffer, returned) = (chunk.buffer.clone(), self.returned.clone());
            buffer.map_async(MapMode::Write, .., move |result| {
                // One that cannot be mapped again, on a lost device, is of no use.
                if result.is_ok() {
                    lock(&returned).push(Chunk { used: 0, ..chunk });
                }
            });
        }
    }

    fn collect_returned(&mut self) {
        self.free.append(&mut lock(&self.returned));
    }
}

impl fmt::Debug for StagingBelt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StagingBelt")
            .field("device", &self.device)
            .field("chunk_size", &self.chunk_size)
            .field("usage", &self.usage)
            .field("active", &self.active.len())
            .field("closed", &self.closed.len())
            .field("free", &self.free.len())
            .finish_non_exhaustive()
    }
}

/// One of the belt's buffers.
struct Chunk {
    buffer: Buffer,
    /// How much of it is given out, from its beginning.
    used: BufferAddress,
}

impl Chunk {
    fn has_room(&self, size: BufferAddress, alignment: BufferAddress) -> bool {
        let end = self.used.next_multiple_of(alignment).checked_add(size);
        end.is_some_and(|end| end <= self.buffer.size())
    }
}
