#include "io/corpus/npy.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/data_error.hpp"
#include "io/store/half.hpp"

namespace sslslr::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t most_dimensions = 8;

struct NpyHeader {
    std::string type;  ///< "<f4": byte order, kind, bytes
    bool is_fortran = false;
    std::vector<std::size_t> shape;
    std::size_t begin = 0;  ///< offset of the values in the file
};

/// Returns what follows `'key':` in the dictionary literal of a header.
std::optional<std::string_view> field(std::string_view header, std::string_view key) {
    const auto quoted = fmt::format("'{}':", key);
    const auto at = header.find(quoted);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    auto rest = header.substr(at + quoted.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    return rest;
}

std::optional<std::vector<std::size_t>> shape_of(std::string_view text) {
    if (text.empty() || text.front() != '(') {
        return std::nullopt;
    }
    std::vector<std::size_t> shape;
    const auto* at = text.data() + 1;
    const auto* const end = text.data() + text.size();
    while (at != end && *at != ')') {
        if (*at == ' ' || *at == ',' || *at == 'L') {
            ++at;
            continue;
        }
        std::size_t extent = 0;
        const auto [next, error] = std::from_chars(at, end, extent);
        if (error != std::errc{} || shape.size() == most_dimensions) {
            return std::nullopt;
        }
        shape.push_back(extent);
        at = next;
    }
    return at == end ? std::nullopt : std::optional{shape};
}

NpyHeader parse_header(const std::filesystem::path& path, std::span<const std::byte> file) {
    const std::string_view text{reinterpret_cast<const char*>(file.data()), file.size()};
    if (!text.starts_with(magic) || text.size() < 12) {
        throw DataError{path, "expected a NumPy array (.npy), found a file that does not start like one"};
    }
    const auto version = static_cast<unsigned char>(text[6]);
    const std::size_t length_bytes = version == 1 ? 2 : 4;
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) {
        length |= static_cast<std::size_t>(static_cast<unsigned char>(text[8 + i])) << (8 * i);
    }
    NpyHeader header;
    header.begin = 8 + length_bytes + length;
    if (version < 1 || version > 3 || header.begin > text.size()) {
        throw DataError{path,
                        fmt::format("expected a .npy of version 1 to 3 and its header, found version {} "
                                    "and {} bytes, {} of them header",
                                    version, text.size(), length)};
    }
    const auto dictionary = text.substr(8 + length_bytes, length);
    const auto type = field(dictionary, "descr");
    const auto order = field(dictionary, "fortran_order");
    const auto shape = field(dictionary, "shape");
    const auto extents = shape ? shape_of(*shape) : std::nullopt;
    if (!type || !order || !extents || type->size() < 2) {
        throw DataError{path, "expected a header with descr, fortran_order and shape, found '" +
                                  std::string{dictionary.substr(0, 80)} + "'"};
    }
    header.type = type->front() == '\'' ? std::string{type->substr(1, type->find('\'', 1) - 1)} : "a record";
    header.is_fortran = order->starts_with("True");
    header.shape = *extents;
    return header;
}

/// Returns the product of the extents; nothing if it exceeds `limit`.
std::optional<std::size_t> count_of(const std::vector<std::size_t>& shape, std::size_t limit) {
    std::size_t count = 1;
    for (const auto extent : shape) {
        if (extent != 0 && count > limit / extent) {
            return std::nullopt;
        }
        count *= extent;
    }
    return count;
}

template <class T>
void convert(std::span<const std::byte> raw, bool swap, std::span<float> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::array<std::byte, sizeof(T)> bytes;
        std::memcpy(bytes.data(), raw.data() + i * sizeof(T), sizeof(T));
        if (swap) {
            std::ranges::reverse(bytes);
        }
        out[i] = static_cast<float>(std::bit_cast<T>(bytes));
    }
}

void convert_halves(std::span<const std::byte> raw, bool swap, std::span<float> out) {
    if (!swap) {
        floats_of_halves(raw, out);
        return;
    }
    std::vector<std::byte> turned{raw.begin(), raw.end()};
    for (std::size_t i = 0; i + 1 < turned.size(); i += 2) {
        std::swap(turned[i], turned[i + 1]);
    }
    floats_of_halves(turned, out);
}

struct NumberType {
    std::string_view name;
    std::size_t bytes;
    void (*convert)(std::span<const std::byte>, bool, std::span<float>);
};

constexpr std::array<NumberType, 11> number_types{{{"f2", 2, convert_halves},
                                                   {"f4", 4, convert<float>},
                                                   {"f8", 8, convert<double>},
                                                   {"i1", 1, convert<std::int8_t>},
                                                   {"i2", 2, convert<std::int16_t>},
                                                   {"i4", 4, convert<std::int32_t>},
                                                   {"i8", 8, convert<std::int64_t>},
                                                   {"u1", 1, convert<std::uint8_t>},
                                                   {"u2", 2, convert<std::uint16_t>},
                                                   {"u4", 4, convert<std::uint32_t>},
                                                   {"u8", 8, convert<std::uint64_t>}}};

/// Converts values from Fortran order (first index fastest) to C order.
std::vector<float> in_c_order(const std::vector<float>& values, const std::vector<std::size_t>& shape) {
    std::vector<std::size_t> strides(shape.size(), 1);
    std::partial_sum(shape.begin(), shape.end() - 1, strides.begin() + 1, std::multiplies{});
    std::vector<float> turned(values.size());
    std::vector<std::size_t> index(shape.size(), 0);
    for (auto& value : turned) {
        value = values[std::inner_product(index.begin(), index.end(), strides.begin(), std::size_t{0})];
        for (auto axis = shape.size(); axis-- > 0;) {
            if (++index[axis] < shape[axis]) {
                break;
            }
            index[axis] = 0;
        }
    }
    return turned;
}

/// Returns the type of a .npy type code. @throws DataError  it is not one of number_types
const NumberType& number_type(const std::filesystem::path& path, const std::string& type) {
    const auto* const found =
        std::ranges::find(number_types, std::string_view{type}.substr(std::min<std::size_t>(1, type.size())),
                          &NumberType::name);
    if (found == number_types.end() ||
        std::string_view{"<>|="}.find(type.front()) == std::string_view::npos) {
        throw DataError{path, "expected an array of numbers, found one of type '" + type +
                                  "'; save it with numpy.save and without objects"};
    }
    return *found;
}

/// Returns the number of values. @throws DataError  the file has another size
std::size_t checked_count(const std::filesystem::path& path, const NpyHeader& header,
                          std::size_t file_bytes) {
    const auto value_bytes = number_type(path, header.type).bytes;
    const auto bytes = file_bytes - header.begin;
    const auto count = count_of(header.shape, std::numeric_limits<std::size_t>::max() / value_bytes);
    if (!count || *count * value_bytes != bytes) {
        throw DataError{path,
                        fmt::format("expected {} values of {} bytes for a shape of [{}], found {} bytes",
                                    count ? std::to_string(*count) : "more", value_bytes,
                                    fmt::join(header.shape, ", "), bytes)};
    }
    return *count;
}

std::vector<float> converted(const std::filesystem::path& path, const std::string& type,
                             std::span<const std::byte> raw) {
    const auto& numbers = number_type(path, type);
    std::vector<float> values(raw.size() / numbers.bytes);
    numbers.convert(raw, type.front() == '>', values);
    return values;
}

NpyHeader header_of(const std::filesystem::path& path, const PosixFile& file) {
    constexpr std::size_t longest_header = 1 << 20;
    std::vector<std::byte> beginning(std::min<std::size_t>(longest_header, file.bytes()));
    file.read(0, beginning);
    return parse_header(path, beginning);
}

}  // namespace

NpyArray read_npy(const std::filesystem::path& path) {
    const PosixFile opened{path};
    std::vector<std::byte> file(opened.bytes());
    opened.read(0, file);
    auto header = parse_header(path, file);
    const auto count = checked_count(path, header, file.size());
    auto values = converted(path, header.type, std::span{file}.subspan(header.begin));
    if (header.is_fortran && header.shape.size() > 1 && count > 0) {
        values = in_c_order(values, header.shape);
    }
    return {.shape = std::move(header.shape), .values = std::move(values)};
}

std::vector<std::size_t> npy_shape(const std::filesystem::path& path) {
    return header_of(path, PosixFile{path}).shape;
}

NpyStack::NpyStack(const std::filesystem::path& path) : file_{path} {
    auto header = header_of(path, file_);
    checked_count(path, header, file_.bytes());
    if (header.shape.empty() || (header.is_fortran && header.shape.size() > 1)) {
        throw DataError{path,
                        "expected an array with a first axis in C order, found one in Fortran order or "
                        "without axes: save it with numpy.save(path, numpy.ascontiguousarray(array))"};
    }
    type_ = std::move(header.type);
    begin_ = header.begin;
    count_ = header.shape.front();
    shape_.assign(header.shape.begin() + 1, header.shape.end());
}

std::vector<float> NpyStack::read(std::size_t number) const {
    const auto& path = file_.path();
    const auto values = std::accumulate(shape_.begin(), shape_.end(), std::size_t{1}, std::multiplies{});
    std::vector<std::byte> raw(values * number_type(path, type_).bytes);
    file_.read(begin_ + number * raw.size(), raw);
    return converted(path, type_, raw);
}

}  // namespace sslslr::io
