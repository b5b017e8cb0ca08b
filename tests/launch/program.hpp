#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/process.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr::test {

inline const std::string asl9 = std::string{SSLSLR_SOURCE_DIR} + "/io/examples/asl9.h5";
inline const std::string libras5 = std::string{SSLSLR_SOURCE_DIR} + "/io/examples/libras5.h5";

/// The end of study files on simclr and sl-fpn: tables of accuracy on asl9 and libras5, inertia and spread,
/// and a figure.
inline const std::string tables_of_study = R"([protocol scratch]
protocol = supervised
fine-tune-epochs = 1
fine-tune-warmup-epochs = 0
[table 1]
data = asl9
targets = asl9 libras5
methods = simclr sl-fpn
augmentations = our
protocol = linear
[table 5]
data = asl9
methods = simclr sl-fpn
augmentations = our
measure = inertia
[table 8]
data = asl9
methods = simclr sl-fpn
augmentations = our
measure = spread_end
[figure 8]
trainings = 8
accuracies = 1
)";

/// The command that starts the program on `ranks` ranks (1: without mpirun).
inline std::string program(int ranks, const std::string& arguments, const std::string& environment = "") {
    const std::string start =
        ranks == 1 ? "" : SSLSLR_MPIEXEC " -n " + std::to_string(ranks) + " --oversubscribe --bind-to none ";
    return "env " + environment + " " + start + SSLSLR_PROGRAM " " + arguments;
}

class ProgramTest : public FolderTest {
protected:
    /// Arguments of a tiny pretraining on asl9 with its run in the folder `run`.
    std::string pretrain(const std::string& run, const std::string& more = "") const {
        return "pretrain --data " + asl9 +
               " --leave-out-signer S03 --blocks 1 --width 16 --heads 2 --global-batch 50 --run " +
               (folder_ / run).string() + " " + more;
    }
};

}  // namespace sslslr::test
