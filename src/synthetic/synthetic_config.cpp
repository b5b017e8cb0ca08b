#include "src/synthetic/synthetic_config.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

void expect(bool holds, const std::string& found, const std::string& expected) {
    if (!holds) {
        throw ConfigError{fmt::format("{}: expected {}", found, expected)};
    }
}

void check_counts(const SyntheticConfig& c) {
    constexpr std::int64_t most = 1'000'000;  // of anything, which keeps the frames of a store far below 2^63
    expect(c.classes >= 2 && c.classes <= most, io::setting("classes", c.classes),
           fmt::format("2 to {} signs", most));
    expect(c.clips >= c.classes && c.clips <= 1000 * most, io::setting("clips", c.clips),
           fmt::format("at least one for each of the {} classes", c.classes));
    expect(c.signers >= 1 && c.signers <= c.clips, io::setting("signers", c.signers),
           fmt::format("1 to the number of clips, {}", c.clips));
    expect(c.length >= 1 && c.length <= most, io::setting("length", c.length),
           fmt::format("1 to {} frames", most));
    expect(c.length_spread >= 0 && c.length_spread < c.length, io::setting("length-spread", c.length_spread),
           fmt::format("0 or more frames, fewer than {}", io::setting("length", c.length)));
    expect(c.first >= 0 && c.first < c.last, io::setting("first", c.first),
           fmt::format("0 or more, less than {}", io::setting("last", c.last)));
    expect(c.last <= c.length, io::setting("last", c.last),
           fmt::format("at most {}", io::setting("length", c.length)));
}

}  // namespace

std::int64_t parts_of_sign(const SyntheticConfig& config) {
    const auto frames = config.last - config.first;
    const auto least = config.kind == SyntheticKind::order ? 2 : 1;  // frames of a part
    const auto fitting = std::floor(static_cast<double>(frames) / config.pose_frames + 0.5);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(fitting), 1,
                                    std::max<std::int64_t>(frames / least, 1));
}

void check(const SyntheticConfig& c) {
    check_counts(c);
    constexpr double largest = 100;
    const int least = c.kind == SyntheticKind::order ? 2 : 1;
    expect(c.pose_frames >= least && c.pose_frames <= 1e6, io::setting("pose-frames", c.pose_frames),
           fmt::format("{} or more frames", least));
    for (const auto& [name, value] : {std::pair{io::Setting{"noise"}, c.noise},
                                      {io::Setting{"clip-variation"}, c.clip_variation},
                                      {io::Setting{"signer-variation"}, c.signer_variation}}) {
        expect(value >= 0 && value <= largest, io::setting(name, value),
               fmt::format("0 to {} shoulder widths", largest));
    }
    const auto parts = parts_of_sign(c);
    const auto found = fmt::format("{} {}", io::setting("first", c.first), io::setting("last", c.last));
    expect(least * parts <= c.last - c.first, found, fmt::format("at least {} frames between them", least));
    constexpr std::int64_t most_bits = 62;
    expect(c.kind != SyntheticKind::order || c.classes <= std::int64_t{1} << std::min(parts, most_bits),
           found,
           fmt::format("more frames between them: the directions of {} movements of {} frames cannot "
                       "distinguish {} classes",
                       parts, c.pose_frames, c.classes));
}

}  // namespace sslslr
