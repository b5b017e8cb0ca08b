#pragma once

#include <string>

namespace sslslr::dist {

/// Starts MPI and ends it. Must be the first object of main, destroyed after every Communicator and Group.
///
/// Requests MPI_THREAD_MULTIPLE, because the communication threads of process groups use MPI concurrently
/// with the main thread. Without mpirun there is one rank. Ends MPI only when not unwinding: a rank that
/// leaves by an exception must not wait for the others (main aborts the job instead).
class MpiSession {
public:
    /// @throws std::runtime_error  MPI does not start, or provides less than MPI_THREAD_MULTIPLE
    MpiSession(int& argc, char**& argv);
    ~MpiSession();
    MpiSession(const MpiSession&) = delete;
    MpiSession& operator=(const MpiSession&) = delete;

private:
    int exceptions_at_start_;
};

/// Returns the name and version of the MPI library: "Open MPI v4.1.4".
std::string mpi_version();

/// Ends all ranks of the job with this exit code. May be called from any thread. Does not return: this
/// process ends within 5 s, even if the others do not.
[[noreturn]] void abort_job(int exit_code);

}  // namespace sslslr::dist
