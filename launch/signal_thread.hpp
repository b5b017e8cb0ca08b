#pragma once

namespace sslslr {

/// Has a thread of its own receive the signals that are sent to this process; all threads that start later, and the caller,
/// block them. Call first, before any other thread exists.
///
/// A handler runs on the stack of whatever thread it interrupts, and float32 products of oneDNN up to 3.11.1 keep the address of
/// heap memory in the stack pointer: one signal at such a moment overwrites up to 4 KiB of the heap in front of that memory
/// (github.com/uxlfoundation/oneDNN/issues/4845). Most of the time of a training is spent in these products.
/// Child processes block none of them, unless they are spawned with another mask.
void receive_signals_apart();

}  // namespace sslslr
