#include "io/hdf5/hdf5_storage.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace sslslr::io::hdf5 {
namespace {

namespace fs = std::filesystem;

constexpr int deepest_source = 3;
constexpr std::string_view as_one_dataset =
    "write it as an ordinary dataset, in Python with h5py: new[name] = old[name][()]";

Shape shape_of(const Space& space) {
    const int dimensions = H5Sget_simple_extent_ndims(space.id());
    Shape shape(static_cast<std::size_t>(std::max(dimensions, 0)));
    if (!shape.empty()) {
        H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr);
    }
    return shape;
}

/// Reads a text through a library call that copies it into a buffer and returns its length.
template <class Copy>
std::string text_by(const Copy& copy) {
    const auto length = copy(nullptr, 0);
    std::string text(length > 0 ? static_cast<std::size_t>(length) + 1 : 1, '\0');
    copy(text.data(), text.size());
    text.pop_back();
    return text;
}

struct Mapping {
    std::string file;
    std::string dataset;
    Space in_source;
    Space in_virtual;
    std::int64_t values;  ///< negative: unlimited
};

Mapping mapping_of(const Properties& creation, std::size_t number) {
    Space in_virtual{H5Pget_virtual_vspace(creation.id(), number)};
    const auto values = H5Sget_select_npoints(in_virtual.id());
    return {.file = text_by([&](char* out, std::size_t room) {
                return H5Pget_virtual_filename(creation.id(), number, out, room);
            }),
            .dataset = text_by([&](char* out, std::size_t room) {
                return H5Pget_virtual_dsetname(creation.id(), number, out, room);
            }),
            .in_source = Space{H5Pget_virtual_srcspace(creation.id(), number)},
            .in_virtual = std::move(in_virtual),
            .values = values};
}

/// Returns the paths at which libhdf5 looks for a source.
std::vector<fs::path> places_of(const fs::path& file, const fs::path& source) {
    if (source == ".") {
        return {file};
    }
    std::vector<fs::path> places;
    if (const char* prefix = std::getenv("HDF5_VDS_PREFIX"); prefix != nullptr && source.is_relative()) {
        places.push_back(fs::path{prefix} / source);
    }
    std::error_code none;
    const auto beside = source.is_absolute() ? source.filename() : source;
    places.insert(places.end(),
                  {source.is_absolute() ? source : file.parent_path() / source, source,
                   file.parent_path() / beside, fs::canonical(file, none).parent_path() / beside});
    return places;
}

FileHandle open_source(const fs::path& file, const fs::path& source) {
    const auto access = unlocked_access();
    for (const auto& place : places_of(file, source)) {
        std::error_code none;
        if (fs::is_regular_file(place, none)) {
            if (FileHandle opened{H5Fopen(place.c_str(), H5F_ACC_RDONLY, access.id())}; opened.is_valid()) {
                return opened;
            }
        }
    }
    return {};
}

/// Whether the part that is mapped from a source is within its extent.
bool holds(const Dataset& source, const Mapping& mapping) {
    const Space space{H5Dget_space(source.id())};
    const auto selected = H5Sget_select_type(mapping.in_source.id());
    if (selected == H5S_SEL_ALL) {  // the whole source; the mapping need not state its extent
        return H5Sget_simple_extent_npoints(space.id()) == mapping.values;
    }
    const auto shape = shape_of(space);
    Shape first(shape.size());
    Shape last(shape.size());
    return selected > H5S_SEL_NONE && !shape.empty() &&
           H5Sget_simple_extent_ndims(mapping.in_source.id()) == static_cast<int>(shape.size()) &&
           H5Sget_select_bounds(mapping.in_source.id(), first.data(), last.data()) >= 0 &&
           std::ranges::equal(last, shape, std::less<>{});
}

/// Selects all of a virtual dataset; take_mapped() removes the mapped parts from the selection.
Space without_sources(const Dataset& dataset) {
    Space space{H5Dget_space(dataset.id())};
    const auto shape = shape_of(space);
    const Shape start(shape.size(), 0);
    H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, shape.data(), nullptr);
    return space;
}

void take_mapped(const Space& unmapped, const Mapping& mapping) {
    if (H5Sget_select_type(mapping.in_virtual.id()) == H5S_SEL_ALL) {
        H5Sselect_none(unmapped.id());
    } else if (H5Sget_select_npoints(unmapped.id()) > 0) {  // libhdf5 cannot subtract from an empty selection
        H5Smodify_select(unmapped.id(), H5S_SELECT_NOTB, mapping.in_virtual.id());
    }
}

std::string problem_at_depth(const Dataset& dataset, int depth);

std::string problem_of_mapping(const fs::path& file, const Mapping& mapping, int depth) {
    const auto what = fmt::format("a virtual dataset: {} in {}", mapping.dataset, mapping.file);
    if (mapping.values < 0) {
        return fmt::format("{} has an unlimited mapping, so missing values cannot be detected; {}", what,
                           as_one_dataset);
    }
    const auto source = open_source(file, mapping.file);
    if (!source.is_valid()) {
        return fmt::format(
            "{} is missing or cannot be opened, and would be read as the fill value; put the file back, or "
            "{}",
            what, as_one_dataset);
    }
    const Dataset values{H5Dopen2(source.id(), mapping.dataset.c_str(), H5P_DEFAULT)};
    if (!values.is_valid() || !holds(values, mapping)) {
        return fmt::format(
            "{} is missing, or its size differs from what is mapped from it; write the source again", what);
    }
    auto problem = problem_at_depth(values, depth + 1);
    return problem.empty() ? problem : what + ": " + problem;
}

std::string problem_of_virtual(const Dataset& dataset, const Properties& creation, int depth) {
    if (depth > deepest_source) {
        return fmt::format("a virtual dataset: expected sources nested no deeper than {}, found more; {}",
                           deepest_source, as_one_dataset);
    }
    std::size_t mappings = 0;
    H5Pget_virtual_count(creation.id(), &mappings);
    const auto file = file_of(dataset.id());
    const auto unmapped = without_sources(dataset);
    for (std::size_t i = 0; i < mappings; ++i) {
        const auto mapping = mapping_of(creation, i);
        if (auto problem = problem_of_mapping(file, mapping, depth); !problem.empty()) {
            return problem;
        }
        take_mapped(unmapped, mapping);
    }
    const auto missing = H5Sget_select_npoints(unmapped.id());
    return missing == 0 ? ""
                        : fmt::format(
                              "a virtual dataset: {} of {} values have no source, and would be read as "
                              "the fill value; map them, or {}",
                              missing, H5Sget_simple_extent_npoints(unmapped.id()), as_one_dataset);
}

std::string problem_of_raw_files(const Properties& creation) {
    const int files = H5Pget_external_count(creation.id());
    if (files <= 0) {
        return {};
    }
    std::array<char, 256> name{};
    off_t offset = 0;
    hsize_t bytes = 0;
    H5Pget_external(creation.id(), 0, name.size() - 1, name.data(), &offset, &bytes);
    return fmt::format(
        "its values are in {} external raw file{}, the first {}, and HDF5 checks neither presence nor length "
        "of such files; {}",
        files, files == 1 ? "" : "s", name.data(), as_one_dataset);
}

std::string problem_at_depth(const Dataset& dataset, int depth) {
    const Properties creation{H5Dget_create_plist(dataset.id())};
    return H5Pget_layout(creation.id()) == H5D_VIRTUAL ? problem_of_virtual(dataset, creation, depth)
                                                       : problem_of_raw_files(creation);
}

/// Returns the number of written chunks of a dataset, and of all its chunks.
std::pair<hsize_t, hsize_t> chunks_of(const Dataset& dataset, const Properties& creation) {
    const Space space{H5Dget_space(dataset.id())};
    const auto shape = shape_of(space);
    Shape chunk(shape.size());
    H5Pget_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data());
    hsize_t all = 1;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        const auto extent = std::max<hsize_t>(chunk[axis], 1);
        all *= shape[axis] / extent + (shape[axis] % extent != 0 ? 1 : 0);
    }
    hsize_t written = 0;
    return H5Dget_num_chunks(dataset.id(), space.id(), &written) < 0 ? std::pair{all, all}
                                                                     : std::pair{written, all};
}

/// Filters in common use that a libhdf5 may lack. Source: the HDF Group's list of registered filters.
std::string_view name_of_filter(H5Z_filter_t filter) {
    constexpr std::array<std::pair<H5Z_filter_t, std::string_view>, 11> known{{{1, "gzip"},
                                                                               {4, "szip"},
                                                                               {307, "bzip2"},
                                                                               {32000, "lzf"},
                                                                               {32001, "blosc"},
                                                                               {32004, "lz4"},
                                                                               {32008, "bitshuffle"},
                                                                               {32013, "zfp"},
                                                                               {32015, "zstd"},
                                                                               {32017, "sz"},
                                                                               {32026, "blosc2"}}};
    const auto* const found =
        std::ranges::find(known, filter, &std::pair<H5Z_filter_t, std::string_view>::first);
    return found == known.end() ? "an unknown filter" : found->second;
}

}  // namespace

fs::path file_of(hid_t object) {
    return text_by([&](char* out, std::size_t room) { return H5Fget_name(object, out, room); });
}

bool is_virtual(const Dataset& dataset) {
    return H5Pget_layout(Properties{H5Dget_create_plist(dataset.id())}.id()) == H5D_VIRTUAL;
}

std::string problem_of_sources(const Dataset& dataset) {
    return problem_at_depth(dataset, 0);
}

std::string problem_of_gaps(const Dataset& dataset) {
    const Properties creation{H5Dget_create_plist(dataset.id())};
    H5D_fill_value_t fill = H5D_FILL_VALUE_UNDEFINED;
    const Space space{H5Dget_space(dataset.id())};
    if (H5Sget_simple_extent_npoints(space.id()) <= 0 || is_virtual(dataset) ||
        (H5Pfill_value_defined(creation.id(), &fill) >= 0 && fill == H5D_FILL_VALUE_USER_DEFINED)) {
        return {};
    }
    constexpr std::string_view remedy =
        ": was its writer interrupted? Write it again, or create it with a fillvalue if the gaps are "
        "intended";
    if (H5Pget_layout(creation.id()) == H5D_CHUNKED) {
        const auto [written, all] = chunks_of(dataset, creation);
        return written >= all ? ""
                              : fmt::format("expected all of its {} chunks to be written, found {}{}", all,
                                            written, remedy);
    }
    H5D_space_status_t status = H5D_SPACE_STATUS_ALLOCATED;
    H5Dget_space_status(dataset.id(), &status);
    return status != H5D_SPACE_STATUS_NOT_ALLOCATED
               ? ""
               : fmt::format("expected values, found a dataset that was created and never written{}", remedy);
}

std::string problem_of_filters(const Dataset& dataset) {
    const Properties creation{H5Dget_create_plist(dataset.id())};
    for (int i = 0; i < H5Pget_nfilters(creation.id()); ++i) {
        unsigned flags = 0;
        std::size_t values = 0;
        const auto filter = H5Pget_filter2(creation.id(), static_cast<unsigned>(i), &flags, &values, nullptr,
                                           0, nullptr, nullptr);
        if (filter > 0 && H5Zfilter_avail(filter) <= 0) {
            const auto name = name_of_filter(filter);
            return fmt::format(
                "it is compressed with {} (HDF5 filter {}), which this libhdf5 lacks; rewrite it with gzip "
                "or uncompressed, by `h5repack -f GZIP=4 OLD NEW` where h5repack has the filter, or in "
                "Python with h5py{}: new.create_dataset(name, data=old[name][()])",
                name, static_cast<int>(filter), name == "lzf" ? "" : " and `import hdf5plugin`");
        }
    }
    return {};
}

}  // namespace sslslr::io::hdf5
