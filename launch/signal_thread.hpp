#pragma once

namespace sslslr {

/// Starts a thread that receives the signals sent to this process. The caller and all threads that start
/// later block these signals. Must be called before any other thread exists.
///
/// The reason: a handler runs on the stack of the thread that it interrupts, but float32 products of oneDNN
/// up to 3.11.1 keep the address of heap memory in the stack pointer. A signal at such a moment overwrites up
/// to 4 KiB of the heap before that address (github.com/uxlfoundation/oneDNN/issues/4845). Training spends
/// most of its time in these products.
///
/// Child processes created by fork() do not block the signals.
void receive_signals_apart();

}  // namespace sslslr
