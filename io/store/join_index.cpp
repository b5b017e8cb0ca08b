#include "io/store/join_index.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/data_error.hpp"

namespace sslslr::io {
namespace {

/// Returns the numbers of `names` within `merged`, after appending those that it lacks.
std::vector<std::int64_t> merge_names(std::vector<std::string>& merged,
                                      const std::vector<std::string>& names) {
    std::unordered_map<std::string, std::int64_t> known;
    for (const auto& name : merged) {
        known.emplace(name, std::ssize(known));
    }
    std::vector<std::int64_t> numbers;
    for (const auto& name : names) {
        const auto [place, is_new] = known.emplace(name, std::ssize(known));
        numbers.push_back(place->second);
        if (is_new) {
            merged.push_back(name);
        }
    }
    return numbers;
}

void append_numbers(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from,
                    const std::vector<std::int64_t>& numbers) {
    std::ranges::transform(from, std::back_inserter(to), [&](std::int64_t old) {
        return old < 0 ? old : numbers[static_cast<std::size_t>(old)];
    });
}

/// Appends optional values per clip. If only one file has any, the clips of the other get T's default.
template <class T>
void append_where_known(std::vector<T>& to, const std::vector<T>& from, std::size_t clips, std::size_t more) {
    if (to.empty() && from.empty()) {
        return;
    }
    to.resize(clips);
    to.insert(to.end(), from.begin(), from.end());
    to.resize(clips + more);
}

constexpr std::string_view attribute_separator = "; ";

std::vector<std::string> entries_of(std::string_view value) {
    std::vector<std::string> entries;
    for (auto end = value.find(attribute_separator); end != std::string_view::npos;
         end = value.find(attribute_separator)) {
        entries.emplace_back(value.substr(0, end));
        value.remove_prefix(end + attribute_separator.size());
    }
    entries.emplace_back(value);
    return entries;
}

/// Attributes that are counts, and are added up.
constexpr std::array<std::string_view, 1> counted_attributes{"clips_left_out"};

/// Returns the sum of two numbers given as text; nothing if one of them is not a number.
std::optional<std::string> sum_of(const std::string& a, const std::string& b) {
    std::int64_t x = 0;
    std::int64_t y = 0;
    const auto read = [](const std::string& text, std::int64_t& number) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        return error == std::errc{} && end == text.data() + text.size();
    };
    return read(a, x) && read(b, y) ? std::optional{std::to_string(x + y)} : std::nullopt;
}

/// Merges attributes: appends entries that are new, and adds up counts.
void merge_attributes(std::map<std::string, std::string>& to,
                      const std::map<std::string, std::string>& from) {
    for (const auto& [name, value] : from) {
        const auto [place, is_new] = to.emplace(name, value);
        if (const auto sum = is_new || std::ranges::find(counted_attributes, name) == counted_attributes.end()
                                 ? std::nullopt
                                 : sum_of(place->second, value)) {
            place->second = *sum;
            continue;
        }
        const auto known = entries_of(place->second);
        for (const auto& entry : is_new ? std::vector<std::string>{} : entries_of(value)) {
            if (std::ranges::find(known, entry) == known.end()) {
                place->second += std::string{attribute_separator} + entry;
            }
        }
    }
}

/// Describes which points of a file are missing or additional, or that their order differs.
std::string difference_of(const std::vector<std::string>& expected, const std::vector<std::string>& found) {
    const auto without = [](const std::vector<std::string>& all, const std::vector<std::string>& others) {
        std::vector<std::string> rest;
        std::ranges::copy_if(all, std::back_inserter(rest), [&](const std::string& name) {
            return std::ranges::find(others, name) == others.end();
        });
        return rest;
    };
    const auto named = [](const std::vector<std::string>& names) {
        return names.size() > 3
                   ? fmt::format("{}, {}, {}, ... ({})", names[0], names[1], names[2], names.size())
                   : fmt::format("{}", fmt::join(names, ", "));
    };
    std::string text;
    if (const auto missing = without(expected, found); !missing.empty()) {
        text += " without " + named(missing);
    }
    if (const auto more = without(found, expected); !more.empty()) {
        text += (text.empty() ? " with " : " and with ") + named(more);
    }
    return text.empty() ? " in another order" : text;
}

}  // namespace

void append(ClipIndex& index, const ClipIndex& more, const std::filesystem::path& first,
            const std::filesystem::path& file) {
    if (more.point_names != index.point_names) {
        throw DataError{
            file, fmt::format("/points: expected the {} points of {}, found {}{}; stores can be joined only "
                              "if they have the same points: select these with `sslslr repack --points`",
                              index.point_names.size(), first.string(), more.point_names.size(),
                              difference_of(index.point_names, more.point_names))};
    }
    if (more.attributes.at("coordinates") != index.attributes.at("coordinates")) {
        throw DataError{file, fmt::format("attribute coordinates: expected '{}' as in {}, found '{}'",
                                          index.attributes.at("coordinates"), first.string(),
                                          more.attributes.at("coordinates"))};
    }
    const auto clips = index.clips();
    const auto frames = index.frames();
    std::transform(more.offsets.begin() + 1, more.offsets.end(), std::back_inserter(index.offsets),
                   [frames](std::int64_t offset) { return offset + frames; });
    append_numbers(index.labels, more.labels, merge_names(index.label_names, more.label_names));
    append_numbers(index.signers, more.signers, merge_names(index.signer_names, more.signer_names));
    index.ids.insert(index.ids.end(), more.ids.begin(), more.ids.end());
    append_where_known(index.names, more.names, static_cast<std::size_t>(clips), more.labels.size());
    append_where_known(index.fps, more.fps, static_cast<std::size_t>(clips), more.labels.size());
    for (const auto& [name, members] : more.splits) {
        std::ranges::transform(members, std::back_inserter(index.splits[name]),
                               [clips](std::int64_t clip) { return clip + clips; });
    }
    merge_attributes(index.attributes, more.attributes);
}

}  // namespace sslslr::io
