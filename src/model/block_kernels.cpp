// Compiled once for each kind of processor (SSLSLR_PROCESSOR, SSLSLR_VECTOR_BYTES). No templates or inline
// functions of the standard library may be used here: the linker keeps one copy of them, which may not run on
// an older processor.
#include "src/model/block_kernels.hpp"

#include "src/model/attention_kernels.hpp"
#ifdef __AVX512BF16__
#include "src/model/bfloat16_attention.hpp"
#endif

namespace sslslr::SSLSLR_PROCESSOR {

// ---- Dropout ----------------------------------------------------------------------------------------------

template <class Word>
SSLSLR_INLINE Word lowbias32(Word x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    return x ^ (x >> 16);
}

/// The mask's factors for one row: scale for kept elements, else 0.
template <class Real>
class RowMask {
public:
    SSLSLR_INLINE RowMask(const DropoutMask& mask, Index row, Real scale)
        : threshold_{mask.threshold},
          scale_{scale},
          key_{mask.threshold == 0 ? 0 : lowbias32(mask.row_keys[row] ^ mask.site)} {
        for (Index i = 0; i < lanes<Real>; ++i) {
            numbers_[i] = static_cast<std::uint32_t>(i);
        }
    }

    /// Masks and scales `value`, the lanes from `column` on.
    SSLSLR_INLINE Vector<Real> operator()(Vector<Real> value, Index column) const {
        if (threshold_ == 0) {
            return value;
        }
        // The multiplier is odd, so distinct columns stay distinct (2^32 / golden ratio).
        const Words<Real> hash =
            lowbias32(((numbers_ + static_cast<std::uint32_t>(column)) * 0x9E3779B9U) ^ key_);
        if constexpr (sizeof(Real) == 4) {
            return hash >= threshold_ ? value * scale_ : Vector<Real>{};
        } else {
            using Wide = typename VectorOf<std::int64_t, lanes<Real>>::type;
            return __builtin_convertvector(hash >= threshold_, Wide) ? value * scale_ : Vector<Real>{};
        }
    }

private:
    std::uint32_t threshold_;
    Real scale_;
    std::uint32_t key_;
    Words<Real> numbers_;
};

// ---- Rows -------------------------------------------------------------------------------------------------

template <class Real, class Store>
void residual_norm(const ResidualNorm<Real, Store>& c) {
    const auto divisor = static_cast<Real>(c.columns);
    for (Index row = 0; row < c.rows; ++row) {
        const Index at = row * c.columns;
        const RowMask<Real> mask{c.mask, row, c.scale};
        const auto y_at = [&](Index column, Index count) {
            Vector<Real> y{};
            if (c.residual != nullptr) {
                y = load_some<Real>(c.residual + at + column, count);
            }
            if (c.x != nullptr) {
                y += mask(load_some<Real>(c.x + at + column, count), column);
            }
            return y;
        };
        Vector<Real> total{};
        const Real* kept = c.y != nullptr ? c.y + at : c.residual + at;
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index count = c.columns - column;
            const auto y = y_at(column, count);
            if (c.y != nullptr) {
                store_some<Real>(c.y + at + column, y, count);
            }
            total += y;
        }
        if (c.gamma == nullptr) {
            continue;
        }
        const Real mean = sum<Real>(total) / divisor;
        Vector<Real> squares{};
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index count = c.columns - column;
            const auto far = load_some<Real>(kept + column, count) - mean;
            // Lanes past the end hold -mean; their squares are subtracted below.
            squares += far * far;
        }
        const Index past = (lanes<Real> - c.columns % lanes<Real>) % lanes<Real>;
        const Real variance = (sum<Real>(squares) - static_cast<Real>(past) * mean * mean) / divisor;
        const Real inverse = 1 / static_cast<Real>(__builtin_sqrt(variance + 1e-5));
        c.statistics[2 * row] = mean;
        c.statistics[2 * row + 1] = inverse;
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index count = c.columns - column;
            const auto unit = (load_some<Real>(kept + column, count) - mean) * inverse;
            const auto norm =
                unit * load_some<Real>(c.gamma + column, count) + load_some<Real>(c.beta + column, count);
            store_some<Real>(c.norm + at + column, norm, count);
        }
    }
}

template <class Real, class Store>
void residual_norm_backward(const ResidualNormBackward<Real, Store>& c) {
    const auto divisor = static_cast<Real>(c.columns);
    for (Index row = 0; row < c.rows; ++row) {
        const Index at = row * c.columns;
        const RowMask<Real> mask{c.mask, row, c.scale};
        Real mean = 0;
        Real inverse = 0;
        Real mean_d = 0;       // mean gradient of the unit
        Real mean_d_unit = 0;  // mean gradient of the unit, times the unit
        if (c.d_norm != nullptr) {
            mean = c.statistics[2 * row];
            inverse = c.statistics[2 * row + 1];
            Vector<Real> d_total{};
            Vector<Real> d_unit_total{};
            for (Index column = 0; column < c.columns; column += lanes<Real>) {
                const Index count = c.columns - column;
                const auto d_norm = load_some<Real>(c.d_norm + at + column, count);
                const auto unit = (load_some<Real>(c.y + at + column, count) - mean) * inverse;
                const auto d_unit = d_norm * load_some<Real>(c.gamma + column, count);
                d_total += d_unit;
                d_unit_total += d_unit * unit;
                add_some<Real>(c.d_gamma + column, d_norm * unit, count);
                add_some<Real>(c.d_beta + column, d_norm, count);
            }
            mean_d = sum<Real>(d_total) / divisor;
            mean_d_unit = sum<Real>(d_unit_total) / divisor;
        }
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index count = c.columns - column;
            Vector<Real> d{};
            if (c.d_y != nullptr) {
                d = load_some<Real>(c.d_y + at + column, count);
            }
            if (c.d_norm != nullptr) {
                const auto unit = (load_some<Real>(c.y + at + column, count) - mean) * inverse;
                const auto d_unit =
                    load_some<Real>(c.d_norm + at + column, count) * load_some<Real>(c.gamma + column, count);
                d += (d_unit - mean_d - unit * mean_d_unit) * inverse;
            }
            if (c.d_residual != nullptr) {
                store_some<Real>(c.d_residual + at + column, d, count);
            }
            if (c.d_x != nullptr) {
                const auto d_x = mask(d, column);
                store_some<Real>(c.d_x + at + column, d_x, count);
                if (c.d_x_sum != nullptr) {
                    add_some<Real>(c.d_x_sum + column, d_x, count);
                }
            }
        }
    }
}

template <class Real, class Store>
void gelu_dropout(const GeluDropout<Real, Store>& c) {
    for (Index row = 0; row < c.rows; ++row) {
        const RowMask<Real> mask{c.mask, row, c.scale};
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index at = row * c.columns + column;
            const Index count = c.columns - column;
            const auto x = load_some<Real>(c.x + at, count);
            store_some<Real>(c.y + at, mask(x * normal(x).below, column), count);
        }
    }
}

template <class Real, class Store>
void gelu_dropout_backward(const GeluDropoutBackward<Real, Store>& c) {
    for (Index row = 0; row < c.rows; ++row) {
        const RowMask<Real> mask{c.mask, row, c.scale};
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index at = row * c.columns + column;
            const Index count = c.columns - column;
            const auto x = load_some<Real>(c.x + at, count);
            const auto [below, density] = normal(x);
            const auto d_x = mask(load_some<Real>(c.d_y + at, count), column) * (below + x * density);
            store_some<Real>(c.d_x + at, d_x, count);
            add_some<Real>(c.d_x_sum + column, d_x, count);
        }
    }
}

template <class Real, class Store>
constexpr BlockKernels<Real, Store> table{residual_norm<Real, Store>,
                                          residual_norm_backward<Real, Store>,
                                          gelu_dropout<Real, Store>,
                                          gelu_dropout_backward<Real, Store>,
                                          attention,
                                          attention_backward};

extern const ProcessorKernels block_kernels;
const ProcessorKernels block_kernels{
    table<float, float>, table<double, double>, table<float, Bfloat16>,
    [](const float* from, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* to) {
        transpose(from, stride, rows, columns, to, rows);
    }};

}  // namespace sslslr::SSLSLR_PROCESSOR
