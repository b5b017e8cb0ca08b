#include "io/store/store_index.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/checksum.hpp"
#include "io/file/data_error.hpp"
#include "io/file/utf8.hpp"

namespace sslslr::io {
namespace {

using Numbers = std::vector<std::int64_t>;

constexpr double largest_fps = 100'000;  // more than any camera; keeps later arithmetic in range

std::string problem_of_offsets(const Numbers& offsets) {
    if (offsets.empty() || offsets.front() != 0) {
        return "/clips/offset: expected the first entry to be 0, found " +
               (offsets.empty() ? "no entries" : std::to_string(offsets.front()));
    }
    const auto fall = std::ranges::adjacent_find(offsets, std::greater<>{});
    if (fall != offsets.end()) {
        return fmt::format("/clips/offset: expected ascending entries, found {} after {} at entry {}",
                           *(fall + 1), *fall, fall - offsets.begin() + 1);
    }
    return {};
}

std::string problem_of_range(const std::string& name, const Numbers& values, std::int64_t least,
                             std::size_t count) {
    const auto stray = std::ranges::find_if(values, [&](std::int64_t value) {
        return value < least || value >= static_cast<std::int64_t>(count);
    });
    if (stray == values.end()) {
        return {};
    }
    return fmt::format("{}: expected numbers from {} to {}, found {} at entry {}", name, least,
                       static_cast<std::int64_t>(count) - 1, *stray, stray - values.begin());
}

std::string problem_of_count(const std::string& name, std::size_t found, std::size_t expected,
                             const char* reason) {
    return found == expected
               ? ""
               : fmt::format("{}: expected {} entries, {}, found {}", name, expected, reason, found);
}

std::string problem_of_fps(const std::vector<double>& fps) {
    const auto stray =
        std::ranges::find_if(fps, [](double value) { return !(value >= 0 && value <= largest_fps); });
    return stray == fps.end() ? ""
                              : fmt::format("/clips/fps: expected 0 (unknown) to {}, found {} at entry {}",
                                            largest_fps, *stray, stray - fps.begin());
}

std::string problem_of_texts(const std::string& name, const std::vector<std::string>& texts) {
    const auto foreign = std::ranges::find_if_not(texts, is_utf8);
    return foreign == texts.end()
               ? ""
               : fmt::format(
                     "{}: expected names in UTF-8, found '{}' at entry {}: write it again with h5py, "
                     "encoded by .encode('utf-8')",
                     name, shown(*foreign), foreign - texts.begin());
}

std::string problem_of_names(const std::string& name, std::vector<std::string> names) {
    if (auto problem = problem_of_texts(name, names); !problem.empty()) {
        return problem;
    }
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    return twice == names.end() ? ""
                                : fmt::format("{}: expected each name once, found '{}' twice", name, *twice);
}

std::string problem_of_split(const std::string& name, const Numbers& clips, std::size_t count) {
    if (auto problem = problem_of_range(name, clips, 0, count); !problem.empty()) {
        return problem;
    }
    std::vector<bool> is_known(count);
    for (const auto clip : clips) {
        if (is_known[static_cast<std::size_t>(clip)]) {
            return fmt::format("{}: expected each clip once, found clip {} twice", name, clip);
        }
        is_known[static_cast<std::size_t>(clip)] = true;
    }
    return {};
}

void expect_attribute(const hdf5::InputFile& file, const ClipIndex& index, const std::string& name,
                      std::string_view expected) {
    const auto found = index.attributes.find(name);
    if (found == index.attributes.end() || found->second != expected) {
        throw DataError{file.path(),
                        fmt::format("attribute {}: expected '{}', found {}; {}", name, expected,
                                    found == index.attributes.end() ? "none" : "'" + found->second + "'",
                                    name == std::string{"schema"}
                                        ? "this is not a clip store: create one with `sslslr prepare`"
                                        : "use the program's release that wrote it")};
    }
}

class IndexHash {
public:
    template <class T>
    void add(std::span<const T> values) {
        // The size is hashed, too, so that moving an entry to the next vector changes the hash.
        const auto count = static_cast<std::uint64_t>(values.size());
        sum_.add(std::as_bytes(std::span{&count, 1}));
        sum_.add(std::as_bytes(values));
    }
    void add(const Numbers& values) { add(std::span{values}); }
    void add(const std::vector<std::string>& texts) {
        add(static_cast<std::int64_t>(texts.size()));
        for (const auto& text : texts) {
            add(std::span{text});
        }
    }
    void add(std::int64_t value) { add(std::span<const std::int64_t>{&value, 1}); }

    std::uint64_t value() const { return sum_.value(); }

private:
    Checksum sum_;
};

}  // namespace

std::string problem_of(const ClipIndex& index) {
    const auto clips = index.offsets.empty() ? 0 : index.offsets.size() - 1;
    constexpr auto as_clips = "one per clip";
    const auto coordinates = index.attributes.find("coordinates");
    const auto axes =
        coordinates == index.attributes.end() ? 0 : std::ranges::count(coordinates->second, ',') + 1;
    std::vector<std::string> problems{
        problem_of_offsets(index.offsets),
        problem_of_count("/clips/label", index.labels.size(), clips, as_clips),
        problem_of_count("/clips/signer", index.signers.size(), clips, as_clips),
        problem_of_count("/clips/id", index.ids.size(), clips, as_clips),
        problem_of_count("/clips/name", index.names.size(), index.names.empty() ? 0 : clips, as_clips),
        problem_of_count("/clips/fps", index.fps.size(), index.fps.empty() ? 0 : clips, as_clips),
        problem_of_fps(index.fps),
        problem_of_range("/clips/label", index.labels, -1, index.label_names.size()),
        problem_of_range("/clips/signer", index.signers, -1, index.signer_names.size()),
        problem_of_texts("/clips/name", index.names),
        problem_of_names("/labels", index.label_names),
        problem_of_names("/signers", index.signer_names),
        problem_of_names("/points", index.point_names),
        problem_of_count("attribute coordinates", static_cast<std::size_t>(axes),
                         static_cast<std::size_t>(index.coordinates),
                         "one per axis of /landmarks as in 'x,y'"),
    };
    for (const auto& [name, members] : index.splits) {
        problems.push_back(problem_of_texts("/splits", {name}));
        problems.push_back(problem_of_split("/splits/" + name, members, clips));
    }
    const auto first = std::ranges::find_if(problems, [](const auto& problem) { return !problem.empty(); });
    return first == problems.end() ? "" : *first;
}

std::string problem_of_bare_store(const hdf5::InputFile& file,
                                  const std::map<std::string, std::string>& attributes) {
    std::vector<std::pair<std::string, std::string_view>> expected{
        {"schema", store_schema}, {"version", store_version}, {"coordinates", "x,y"}};
    std::erase_if(expected, [&](const auto& each) { return attributes.contains(each.first); });
    if (expected.empty() || !file.has("/landmarks") || !file.has("/clips/offset")) {
        return {};
    }
    const auto shape = file.dataset("/landmarks").shape;
    std::string missing;
    for (const auto& [name, value] : expected) {
        const bool has_depth = name == "coordinates" && !shape.empty() && shape.back() == 3;
        missing += fmt::format("{}{}='{}'", missing.empty() ? "" : ", ", name, has_depth ? "x,y,z" : value);
    }
    std::vector<std::string> datasets{"/clips/label", "/clips/signer", "/clips/id",
                                      "/labels",      "/signers",      "/points"};
    std::erase_if(datasets, [&](const auto& name) { return file.has(name); });
    return fmt::format(
        "expected a clip store, found its datasets without the attributes {0}{1}: add them with "
        "python3 -c \"import h5py; h5py.File('{2}', 'a').attrs.update({0})\"",
        missing, datasets.empty() ? "" : fmt::format(", and no {}", fmt::join(datasets, ", ")),
        file.path().string());
}

ClipIndex read_index(const hdf5::InputFile& file) {
    ClipIndex index;
    index.attributes = file.attributes();
    if (const auto problem = problem_of_bare_store(file, index.attributes); !problem.empty()) {
        throw DataError{file.path(), problem};
    }
    expect_attribute(file, index, "schema", store_schema);
    expect_attribute(file, index, "version", store_version);

    index.offsets = file.integers<std::int64_t>("/clips/offset");
    index.labels = file.integers<std::int64_t>("/clips/label");
    index.signers = file.integers<std::int64_t>("/clips/signer");
    index.ids = file.integers<std::int64_t>("/clips/id");
    if (file.has("/clips/name")) {
        index.names = file.texts("/clips/name");
    }
    if (file.has("/clips/fps")) {
        index.fps = file.reals("/clips/fps");
    }
    index.label_names = file.texts("/labels");
    index.signer_names = file.texts("/signers");
    index.point_names = file.texts("/points");
    for (const auto& name : file.datasets_under("/splits")) {
        index.splits[name] = file.integers<std::int64_t>("/splits/" + name);
    }

    const auto shape = file.dataset("/landmarks").shape;
    if (shape.size() != 3 || shape[1] != index.point_names.size() || shape[2] == 0) {
        file.fail("/landmarks",
                  fmt::format("expected a shape of [frames, {} points, coordinates], found [{}]",
                              index.point_names.size(), fmt::join(shape, ", ")));
    }
    index.coordinates = static_cast<std::int64_t>(shape[2]);
    if (const auto problem = problem_of(index); !problem.empty()) {
        throw DataError{file.path(), problem};
    }
    if (static_cast<std::uint64_t>(index.frames()) != shape[0]) {
        throw DataError{file.path(),
                        fmt::format("/clips/offset: expected the last entry to be the {} frames of "
                                    "/landmarks, found {}",
                                    shape[0], index.frames())};
    }
    return index;
}

std::uint64_t fingerprint_of(const ClipIndex& index, std::span<const std::uint64_t> landmark_checksums) {
    IndexHash hash;
    hash.add(index.offsets);
    hash.add(index.labels);
    hash.add(index.signers);
    hash.add(index.ids);
    hash.add(index.label_names);
    hash.add(index.signer_names);
    hash.add(index.point_names);
    hash.add(index.coordinates);
    for (const auto& [name, clips] : index.splits) {
        hash.add(std::span{name});
        hash.add(clips);
    }
    if (!index.names.empty()) {
        hash.add(index.names);
    }
    if (!index.fps.empty()) {
        hash.add(std::span{index.fps});
    }
    hash.add(landmark_checksums);
    return hash.value();
}

std::uint64_t landmarks_fingerprint_of(const ClipIndex& index,
                                       std::span<const std::uint64_t> landmark_checksums) {
    IndexHash hash;
    hash.add(index.offsets);
    hash.add(landmark_checksums);
    return hash.value();
}

}  // namespace sslslr::io
