#include <fmt/format.h>
#include <torch/version.h>

#include "dist/mpi_session.hpp"
#include "io/hdf5/hdf5_version.hpp"
#include "launch/command.hpp"
#include "src/errors.hpp"
#include "src/settings/program.hpp"

namespace sslslr {

int version(const Ranks& ranks) {
    if (ranks.is_first()) {
        fmt::print("sslslr {} (code {})\nLibTorch {}, {}, HDF5 {}\n", program_version(), code_identity(),
                   TORCH_VERSION, dist::mpi_version(), io::hdf5_version());
    }
    return exit_done;
}

}  // namespace sslslr
