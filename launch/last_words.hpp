#pragma once

#include <string>

namespace sslslr {

/// From here on a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) says which rank crashed and in which step, and prints a
/// stack trace of every thread, before it ends the process; an exception that nobody catches ends the job with code 4.
/// Sanitizers keep their own reports.
void leave_last_words(int rank);

/// "rank 2 (node7, pid 4242), in step 12"; before any step without it.
std::string who_and_where(int rank);

}  // namespace sslslr
