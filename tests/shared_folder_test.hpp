#pragma once

#include <filesystem>
#include <optional>

#include "dist/communicator.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr::test {

/// Gives each test a folder that all ranks share. Rank 0 makes and removes it.
class SharedFolderTest : public testing::Test {
protected:
    SharedFolderTest() {
        if (world_.rank() == 0) {
            temporary_.emplace();
        }
        folder_ = world_.broadcast(temporary_ ? temporary_->path().string() : "");
    }
    void TearDown() override {
        world_.barrier();
        temporary_.reset();
    }

    dist::Communicator world_ = dist::Communicator::world();
    std::filesystem::path folder_;

private:
    std::optional<TemporaryFolder> temporary_;
};

}  // namespace sslslr::test
