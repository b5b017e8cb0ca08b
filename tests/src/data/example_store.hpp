#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "io/store/store_writer.hpp"
#include "src/data/points.hpp"
#include "tests/shared_folder_test.hpp"

namespace sslslr {

inline constexpr std::int64_t frame_values = 75 * 2;

/// 40 clips of 0 to 79 frames; clips 7 and 39 are empty. Hands are missing in some frames.
inline io::ClipIndex example_index() {
    io::ClipIndex index;
    index.offsets = {0};
    for (std::int64_t clip = 0; clip < 40; ++clip) {
        const auto length = clip % 32 == 7 ? 0 : 1 + clip * 29 % 79;
        index.offsets.push_back(index.offsets.back() + length);
        index.labels.push_back(clip % 4 - 1);
        index.signers.push_back(clip % 2);
        index.ids.push_back(100 + clip);
    }
    index.label_names = {"a", "b", "-"};
    index.signer_names = {"S01", "S02"};
    index.point_names = points_of(PointSet::all);
    index.attributes["coordinates"] = "x,y";
    index.coordinates = 2;
    return index;
}

inline void example_clip(std::int64_t clip, std::span<float> out) {
    for (std::size_t at = 0; at < out.size(); ++at) {
        const auto frame = static_cast<std::int64_t>(at) / frame_values;
        const auto value = static_cast<std::int64_t>(at) % frame_values;
        const bool is_lost = value >= 66 && (frame + clip) % 3 == 0;
        out[at] =
            is_lost ? std::nanf("") : static_cast<float>((clip * 31 + frame * 7 + value * 13) % 64) / 64;
    }
}

/// A contiguous and a compressed store that rank 0 writes and all ranks open, removed at the end.
class ExampleStoreTest : public test::SharedFolderTest {
protected:
    void SetUp() override {
        if (world_.rank() == 0) {
            for (const bool is_compressed : {false, true}) {
                io::write_store(is_compressed ? compressed_file() : file(), example_index(), example_clip,
                                {false, is_compressed});
            }
        }
        world_.barrier();
    }

    std::string file() const { return (folder_ / "store.h5").string(); }
    std::string compressed_file() const { return (folder_ / "compressed.h5").string(); }

    /// Flips a bit in the only block of the contiguous store. Collective.
    void damage_landmarks() const {
        if (world_.rank() == 0) {
            std::fstream bytes{file(), std::ios::in | std::ios::out | std::ios::binary};
            const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(file()) / 2);
            bytes.seekg(middle);
            const auto damaged = static_cast<char>(bytes.get() ^ 1);
            bytes.seekp(middle);
            bytes.put(damaged);
        }
        world_.barrier();
    }
};

}  // namespace sslslr
