#pragma once

#include <string>

namespace sslslr {

/// Installs handlers that report crashes. On SIGSEGV, SIGBUS, SIGFPE, SIGILL or SIGABRT they print the rank,
/// the step and a stack trace of every thread before the process ends. An uncaught exception ends the job
/// with exit code 4. Builds with AddressSanitizer keep its own reports of signals.
void leave_last_words(int rank);

/// Names this process and its step: "rank 2 (node7, pid 4242), in step 12"; without the step outside of
/// training.
std::string who_and_where(int rank);

}  // namespace sslslr
