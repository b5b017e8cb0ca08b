#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "io/corpus/open_corpus.hpp"
#include "io/corpus/point_order.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/store_files.hpp"

// A corpus in a temporary folder, and access to the values of its clips.
namespace sslslr::io::test {

inline float value_at(const ImportedClip& clip, std::size_t frame, const std::string& point,
                      std::size_t axis) {
    return clip.landmarks.at(frame * import_frame_values +
                             static_cast<std::size_t>(holistic_point(point)) * import_coordinates + axis);
}

inline std::size_t detected(const ImportedClip& clip) {
    return static_cast<std::size_t>(
        std::ranges::count_if(clip.landmarks, [](float value) { return !std::isnan(value); }));
}

class CorpusTest : public testing::Test {
protected:
    std::unique_ptr<Corpus> open(const std::string& format) {
        options_.format = format;
        options_.input = folder_ / "in";
        return open_corpus(options_);
    }
    void write(const std::string& name, const std::string& bytes) const {
        write_bytes(folder_ / "in" / name, bytes);
    }
    /// An array [frames, points, 3] of float16, all of one value.
    static std::string halves(std::size_t frames, std::size_t points, std::uint16_t value) {
        return npy_bytes("<f2", {frames, points, 3},
                         bytes_of(std::vector<std::uint16_t>(frames * points * 3, value)));
    }

    static constexpr std::uint16_t one = 0x3C00;
    static constexpr std::uint16_t half = 0x3800;
    static constexpr std::uint16_t nan = 0x7E00;

    TemporaryFolder folder_;
    CorpusOptions options_;
};

}  // namespace sslslr::io::test
