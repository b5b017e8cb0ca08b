#pragma once

#include <string>

namespace sslslr::dist {

/// Starts MPI and ends it. The first object of main, destroyed after every Communicator and Group.
///
/// Asks for MPI_THREAD_MULTIPLE: the communication threads of process groups talk beside the main thread.
/// Works without mpirun too, as one rank. Ends MPI only when not unwinding: a rank that leaves by an
/// exception must not wait for the others (main aborts instead).
class MpiSession {
public:
    /// @throws std::runtime_error  MPI does not start, or grants less than MPI_THREAD_MULTIPLE
    MpiSession(int& argc, char**& argv);
    ~MpiSession();
    MpiSession(const MpiSession&) = delete;
    MpiSession& operator=(const MpiSession&) = delete;

private:
    int exceptions_at_start_;
};

/// The library's name and release: "Open MPI v4.1.4".
std::string mpi_version();

/// Ends all ranks of the job with this exit code, from any thread. Does not return, and ends
/// this process within 5 s whatever the others do.
[[noreturn]] void abort_job(int exit_code);

}  // namespace sslslr::dist
