#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "io/file/data_error.hpp"

namespace sslslr::io {

/// Reads little-endian numbers and texts, one after another. Every error is a DataError.
class ByteReader {
public:
    ByteReader(const std::filesystem::path& path, std::string_view bytes) : path_{path}, bytes_{bytes} {}

    template <class T>
    T number() {
        T value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    std::size_t u16() { return number<std::uint16_t>(); }
    std::string text() {
        const auto length = u16();
        return std::string{take(length)};
    }
    std::vector<float> floats(std::size_t count) {
        const auto raw = take_array(count, sizeof(float));
        std::vector<float> values(count);
        if (!raw.empty()) {
            std::memcpy(values.data(), raw.data(), raw.size());
        }
        return values;
    }
    void skip(std::size_t count, std::size_t bytes) { take_array(count, bytes); }
    std::size_t left() const { return bytes_.size() - at_; }
    [[noreturn]] void fail(const std::string& problem) const { throw DataError{path_, problem}; }

private:
    std::string_view take_array(std::size_t count, std::size_t bytes) {
        if (count > left() / bytes) {
            fail(fmt::format(
                "expected {} more values of {} bytes from byte {} on, found {} bytes: is the file "
                "cut off?",
                count, bytes, at_, left()));
        }
        return take(count * bytes);
    }
    std::string_view take(std::size_t count) {
        if (count > left()) {
            fail(fmt::format(
                "expected {} more bytes from byte {} on, found {}: is the file cut off, or no .pose "
                "file?",
                count, at_, left()));
        }
        at_ += count;
        return bytes_.substr(at_ - count, count);
    }

    const std::filesystem::path& path_;
    std::string_view bytes_;
    std::size_t at_ = 0;
};

}  // namespace sslslr::io
