#include "io/corpus/hdf5_facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>

#include "io/file/lower_case.hpp"

namespace sslslr::io {
namespace {

constexpr std::array<std::string_view, 6> label_words{"label", "gloss", "sign", "word", "class", "y"};
constexpr std::array<std::string_view, 6> signer_words{"signer",      "signer_id",      "subject",
                                                       "participant", "participant_id", "person"};
constexpr std::array<std::string_view, 3> rate_words{"fps", "frame_rate", "framerate"};

/// Usual names of landmarks. The last two are vague, and count only if the group states facts about its clip.
constexpr std::array<std::string_view, 8> landmark_words{"landmarks", "keypoints",   "skeleton", "pose",
                                                         "joints",    "coordinates", "data",     "x"};
constexpr std::size_t telling_words = 6;

bool is_one_of(std::span<const std::string_view> names, const std::string& name) {
    return std::ranges::find(names, lower_case(name)) != names.end();
}

std::optional<double> numeric_value(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

}  // namespace

std::optional<std::string>* Hdf5Facts::of(const std::string& name) {
    if (is_one_of(label_words, name)) {
        return &label;
    }
    if (is_one_of(signer_words, name)) {
        return &signer;
    }
    return is_one_of(rate_words, name) ? &fps : nullptr;
}

std::optional<std::string> Hdf5Facts::stated_label() const {
    const bool is_negative = label && numeric_value(*label).value_or(0) < 0;
    return is_negative ? "" : label;
}

double Hdf5Facts::frames_per_second() const {
    return fps ? numeric_value(*fps).value_or(0) : 0;
}

bool has_parts(const std::vector<std::string>& arrays) {
    const auto is_hand = [](const std::string& name) {
        return lower_case(name).find("hand") != std::string::npos;
    };
    return arrays.size() > 1 && std::ranges::any_of(arrays, is_hand);
}

std::optional<std::string> landmarks_among(const std::vector<std::string>& arrays, bool has_facts) {
    if (arrays.size() == 1 && has_facts) {
        return arrays.front();
    }
    if (has_parts(arrays)) {
        return std::nullopt;
    }
    const auto names = std::span{landmark_words}.first(has_facts ? landmark_words.size() : telling_words);
    const auto is_known = [&](const std::string& name) { return is_one_of(names, name); };
    const auto found = std::ranges::find_if(arrays, is_known);
    return std::ranges::count_if(arrays, is_known) == 1 && (has_facts || arrays.size() == 1)
               ? std::optional{*found}
               : std::nullopt;
}

}  // namespace sslslr::io
