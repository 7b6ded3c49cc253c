import CKernels

/// One sum of products of small matrices: c [rows, columns] = Σ over segments a [rows, depth] · b [depth, columns].
///
/// Offsets and steps count floats; b's and c's columns are contiguous.
struct Product {
    struct Segment { let a, b: Int }

    var segments: [Segment]
    var depth, rows, columns: Int
    /// From a row of a to the next, and from a column to the next.
    var aRow, aStep: Int
    /// From a row to the next.
    var bStep, cRow: Int
    var aOffset = 0
    var cOffset = 0
    /// Where b's columns lie in panels: their width, a multiple of `InstructionSet.columns`, and from one to the next.
    var panels: (width: Int, pitch: Int)?
}

/// Products worked out once, and run on whatever memory is given.
final class ProductList {
    private let instructionSet: latentd_instruction_set
    private let products: UnsafeMutableBufferPointer<latentd_product>
    private let offsets: UnsafeMutableBufferPointer<Int64>

    init(_ list: [Product], _ instructionSet: InstructionSet) {
        self.instructionSet = instructionSet.value
        products = .allocate(capacity: list.count)
        offsets = .allocate(capacity: 2 * list.reduce(0) { $0 + $1.segments.count })
        var next = 0
        for (index, product) in list.enumerated() {
            let count = product.segments.count
            for (place, segment) in product.segments.enumerated() {
                offsets[next + place] = Int64(segment.a)
                offsets[next + count + place] = Int64(segment.b)
            }
            let first = offsets.baseAddress.map { UnsafePointer($0 + next) }
            products[index] = latentd_product(
                segments: Int64(count), depth: Int64(product.depth), rows: Int64(product.rows),
                columns: Int64(product.columns), a_row: Int64(product.aRow), a_step: Int64(product.aStep),
                b_step: Int64(product.bStep), c_row: Int64(product.cRow),
                b_width: Int64(product.panels?.width ?? max(1, product.columns)),
                b_panel: Int64(product.panels?.pitch ?? 0), a_offset: Int64(product.aOffset),
                c_offset: Int64(product.cOffset), a_offsets: first, b_offsets: first.map { $0 + count })
            next += 2 * count
        }
    }

    deinit {
        products.deallocate()
        offsets.deallocate()
    }

    /// c = f(bias + products), with f(x) = slope · x for negative x; without a bias the products are added to c.
    func run(
        a: UnsafePointer<Float>, b: UnsafePointer<Float>, bias: UnsafePointer<Float>?, slope: Float = 1,
        c: UnsafeMutablePointer<Float>
    ) {
        latentd_run_products(instructionSet, products.baseAddress, Int64(products.count), a, b, bias, slope, c)
    }
}

extension Activation {
    /// The factor of negative values, where that is all there is to this activation.
    var slope: Float? {
        switch self {
        case .none: 1
        case .relu: 0
        case .leakyReLU(let slope): slope
        case .sigmoid, .tanh: nil
        }
    }

    /// What remains after a kernel has applied `slope`.
    func finish(_ values: UnsafeMutablePointer<Float>, count: Int) {
        if slope == nil { forward(values, count: count) }
    }
}
