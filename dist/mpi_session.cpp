#include "dist/mpi_session.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include <mpi.h>
#include <unistd.h>

#include "dist/communicator.hpp"

namespace sslslr::dist {

MpiSession::MpiSession(int& argc, char**& argv) : exceptions_at_start_{std::uncaught_exceptions()} {
    int granted = MPI_THREAD_SINGLE;
    check(MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &granted), "MPI_Init_thread");
    if (granted < MPI_THREAD_MULTIPLE) {
        MPI_Finalize();
        throw std::runtime_error{
            "this MPI library does not support MPI_THREAD_MULTIPLE, which the communication threads need"};
    }
}

MpiSession::~MpiSession() {
    if (std::uncaught_exceptions() == exceptions_at_start_) {
        MPI_Finalize();
    }
}

std::string mpi_version() {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    MPI_Get_library_version(text.data(), &length);
    const std::string whole{text.data()};
    return whole.substr(0, whole.find_first_of(",\n"));
}

void abort_job(int exit_code) {
    constexpr unsigned patience = 5;  // seconds
    // Ends this process even if another thread's lock or a lost mpirun blocks the calls below.
    std::signal(SIGALRM, SIG_DFL);
    ::alarm(patience);
    std::fflush(nullptr);
    int started = 0;
    int ended = 0;
    MPI_Initialized(&started);
    MPI_Finalized(&ended);
    if (started != 0 && ended == 0) {
        MPI_Abort(MPI_COMM_WORLD, exit_code);
    }
    std::_Exit(exit_code);
}

}  // namespace sslslr::dist
